import { healthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootFaulty, checkIn, type Planned } from './faulty-app.js';

const GOOD: Planned = { name: 'good', check: () => healthy('all well') };

const NOT_IN_TIME = /^no answer within 50 ms, still running since /;

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a check that asks for its own route over HTTP ends at its deadline, each time', async () => {
    const app = await bootFaulty(platform, [GOOD]);
    let asked = 0;
    const check = async (): Promise<void> => {
      asked += 1;
      await (await app.get('/health')).text();
    };
    app.add({ name: 'asks-itself', check, timeoutMs: 50 });
    for (const round of [1, 2, 3]) {
      const body = await app.health();
      expect(checkIn(body, 'asks-itself')).toMatchObject({
        status: 'unhealthy',
        message: expect.stringMatching(NOT_IN_TIME),
      });
      expect(checkIn(body, 'good').message).toBe('all well');
      expect(asked).toBeLessThanOrEqual(round);
    }
  });

  it.each(['run', 'runCheck', 'asIndicator'] as const)(
    'a check that calls registry.%s() ends at its deadline, each time',
    async (method) => {
      const app = await bootFaulty(platform, [GOOD]);
      let asked = 0;
      const check = async (): Promise<void> => {
        asked += 1;
        await (method === 'runCheck' ? app.registry.runCheck('asks') : app.registry[method]());
      };
      app.add({ name: 'asks', check, timeoutMs: 50 });
      for (const round of [1, 2, 3]) {
        const body = await app.health();
        expect(checkIn(body, 'asks').message).toMatch(NOT_IN_TIME);
        expect(checkIn(body, 'good').message).toBe('all well');
        expect(asked).toBeLessThanOrEqual(round);
      }
    },
  );

  it('a check that reads registry.report() while it runs sees what was known before', async () => {
    const app = await bootFaulty(platform, [GOOD]);
    app.add({ name: 'reads', check: () => healthy('', app.registry.report()) });
    expect(await app.ask('reads')).toMatchObject({
      status: 'healthy',
      details: { checks: [{ name: 'good' }, { name: 'reads', message: 'has not run yet' }] },
    });
  });
});
