import promClient from 'prom-client';
import { expect, it } from 'vitest';
import { FakeClock } from '../../support/fake-clock.js';
import { watchLog } from './watched-log.js';
import { registryOn } from './registry-on.js';

watchLog();

it.each(['ours', 'theirs'])(
  'Between collectors that work at once others have the event loop: %s',
  async (whose) => {
    const clock = new FakeClock();
    const metrics = registryOn({}, clock);
    let turn = 0;
    const turns = new Set<number>();
    const collect = (): void => {
      clock.hold(20);
      turns.add(turn);
    };
    for (const name of ['a', 'b', 'c']) {
      if (whose === 'ours') metrics.gauge({ name, help: 'Slow', collect });
      else new promClient.Gauge({ name, help: 'Slow', collect }).set(0);
    }
    let next = setImmediate(function count() {
      turn += 1;
      next = setImmediate(count);
    });

    await metrics.expose();
    clearImmediate(next);

    expect(turns.size).toBe(3);
  },
);
