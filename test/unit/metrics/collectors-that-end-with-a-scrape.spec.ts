import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { ExpositionFormat } from '../../../lib/metrics/metrics.types.js';
import { Gate } from '../../support/gate.js';
import { slowRegistry } from './slow-clock.js';

it('A gauge that a collector resets before it sets it is in a scrape between whose collection and writing another begins', async () => {
  const lost: number[] = [];

  for (let depth = 0; depth <= 40; depth += 1) {
    const metrics = slowRegistry();
    const large = metrics.histogram('large', 'Large', ['a']);
    for (let at = 0; at < 300; at += 1) large.observe({ a: at }, 1);
    const collected = new Gate();
    metrics.gauge({
      name: 'jobs',
      help: 'Jobs',
      labelNames: ['queue'],
      async collect() {
        this.reset();
        for (let turns = 0; turns < 30; turns += 1) await turn();
        this.set({ queue: 'mail' }, 1);
        collected.open();
      },
    });
    const hasJobs = async (format: ExpositionFormat): Promise<boolean> =>
      Buffer.concat(await metrics.render(format))
        .toString()
        .includes('jobs{queue="mail"} 1');
    const afterwards = async (): Promise<boolean> => {
      await collected.opened;
      for (let step = 0; step < depth; step += 1) await Promise.resolve();
      return hasJobs('openmetrics');
    };

    const seen = await Promise.all([hasJobs('prometheus'), afterwards()]);
    if (seen.includes(false)) lost.push(depth);
  }

  expect(lost).toEqual([]);
});
