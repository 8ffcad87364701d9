import { HealthStatus } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { bootChecked } from './checked-app.js';

const { HEALTHY, UNHEALTHY } = HealthStatus;

describe('What flaps', () => {
  it('is one event and one recovery within the interval, which is a minute by default', async () => {
    const { check, probe, events } = await bootChecked();
    const database = check('db');
    for (let flaps = 0; flaps < 20; flaps += 1) {
      database(UNHEALTHY);
      await probe();
      database(HEALTHY);
      await probe();
    }
    expect((await events()).map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('is two events each time with an interval of 0', async () => {
    const { check, probe, events } = await bootChecked({
      sentry: { health: { minIntervalMs: 0 } },
    });
    const database = check('db');
    for (let flaps = 0; flaps < 3; flaps += 1) {
      database(UNHEALTHY);
      await probe();
      database(HEALTHY);
      await probe();
    }
    const levels = (await events()).map(({ level }) => level);
    expect(levels).toEqual(['error', 'info', 'error', 'info', 'error', 'info']);
  });

  it('is nothing below the threshold', async () => {
    const { check, probe, events } = await bootChecked({
      sentry: { health: { failureThreshold: 3 } },
    });
    const database = check('db');
    for (const failures of [2, 2, 3]) {
      expect(await events()).toEqual([]);
      database(UNHEALTHY);
      await probe(failures);
      database(HEALTHY);
      await probe();
    }
    expect((await events()).map(({ level }) => level)).toEqual(['error', 'info']);
  });
});
