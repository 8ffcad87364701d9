import promClient from 'prom-client';
import { expect, it } from 'vitest';
import { Faults } from '../../../lib/faults.js';
import { FakeClock } from '../../support/fake-clock.js';
import { watchLog } from './watched-log.js';
import { registryOn } from './registry-on.js';

watchLog();

const COLLECTORS: readonly (readonly [how: string, collect: () => void | Promise<void>])[] = [
  ['throws', () => JSON.parse('{') as never],
  ['rejects', () => Promise.reject(new Error('refused'))],
  ['hangs', () => new Promise(() => {})],
];

it.each(COLLECTORS)(
  'A collector that %s is counted at each scrape, whoever has made its metric',
  async (_how, collect) => {
    const faults = new Faults();
    const clock = new FakeClock();
    const metrics = registryOn({ faults }, clock);
    metrics.gauge({ name: 'ours', help: 'Ours', collect });
    new promClient.Gauge({ name: 'theirs', help: 'Theirs', collect }).set(0);

    for (const counted of [2, 4]) {
      const exposition = metrics.expose();
      await clock.advance(10_000);
      await clock.advance(10_000);
      expect(await exposition).toBe('');
      expect(faults.of('collector')).toBe(counted);
    }
  },
);
