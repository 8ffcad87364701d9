import { healthy, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { bootFaulty, type Planned } from './faulty-app.js';

describe.each(PLATFORMS)('on %s', (platform) => {
  it('of a thousand checks with large details the answer is cut and marked, and holds all that are bad', async () => {
    const details = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`key${index}`, 'x'.repeat(1_000)]),
    );
    const isBad = (index: number): boolean => index % 100 === 50;
    const checks = Array.from({ length: 1_000 }, (_, index): Planned => {
      const outcome = isBad(index) ? unhealthy(`${index} is down`, details) : healthy('', details);
      return { name: `check-${index}`, check: () => outcome };
    });
    const { health, registry, get } = await bootFaulty(platform, checks);
    const body = await health();
    expect(body).toMatchObject({ status: 'unhealthy', truncated: true });
    expect(body.checks.length + (body.checks_left_out ?? 0)).toBe(1_000);
    expect(body.checks.filter(({ status }) => status === 'unhealthy')).toMatchObject(
      [...checks.keys()].filter(isBad).map((index) => ({
        name: `check-${index}`,
        message: `${index} is down`,
        details: { truncated: true },
      })),
    );
    expect((await registry.run()).checks).toHaveLength(1_000);
    expect((await get('/health/ready')).status).toBe(503);
  });

  it('of a thousand checks that wait, so many run at once and no more, and all get their turn', async () => {
    let running = 0;
    let most = 0;
    const check = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await settle();
      running -= 1;
    };
    const { add, health } = await bootFaulty(platform);
    add(...Array.from({ length: 1_000 }, (_, index) => ({ name: `check-${index}`, check })));
    expect(await health()).toMatchObject({ status: 'healthy' });
    expect(most).toBe(64);
  });

  it('a check behind more than fit in at once and hang says so, and gets its turn the next time', async () => {
    const hangs = (_: unknown, index: number): Planned => ({
      name: `hangs-${index}`,
      check: () => new Promise(() => {}),
      timeoutMs: 500,
    });
    const { add, ask } = await bootFaulty(platform);
    add(...Array.from({ length: 64 }, hangs), {
      name: 'good',
      check: () => healthy('all well'),
      timeoutMs: 50,
    });
    expect((await ask('good')).message).toBe(
      'did not get its turn within 50 ms, as 64 other checks were running',
    );
    await expect.poll(async () => (await ask('good')).message).toBe('all well');
  });
});
