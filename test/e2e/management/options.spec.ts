import { HealthRegistry, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { bootManaged, KINDS, managed } from './managed.js';

describe.each(KINDS)('on the management port of an application of kind %s', (kind) => {
  it('routes are where the options say, and what is off is not there', async () => {
    const routes = { health: '/status', live: '/livez', metrics: false as const };
    const { get } = await bootManaged(managed({ routes }), kind);
    const paths = ['/status', '/livez', '/health/ready', '/health/tools'];
    const codes = await Promise.all(paths.map(async (path) => (await get(path)).status));
    expect(codes).toEqual([200, 200, 200, 200]);
    for (const path of ['/health', '/health/live', '/metrics']) {
      const answer = await get(path);
      expect([answer.status, await answer.text()]).toEqual([404, '{"status":"not_found"}']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('all may be off, and nothing is there', async () => {
    const off = { health: false, live: false, ready: false, metrics: false, tools: false } as const;
    const { codes } = await bootManaged(managed({ routes: off }), kind);
    expect(new Set(Object.values(await codes()))).toEqual(new Set([404]));
  });

  it('access and details are asked with the request', async () => {
    const isOurs = ({ headers }: { headers: NodeJS.Dict<string | string[]> }): boolean =>
      headers['x-team'] === 'us';
    const { app, get } = await bootManaged(
      managed({ health: { details: isOurs }, access: { tools: isOurs } }),
      kind,
    );
    app.get(HealthRegistry).registerCheck('database', () => unhealthy('refused by db-7'));
    const [us, them] = [{ 'x-team': 'us' }, { 'x-team': 'them' }];
    expect(await (await get('/health', { headers: us })).text()).toContain('db-7');
    expect(await (await get('/health', { headers: them })).text()).not.toContain('db-7');
    expect((await get('/health/tools', { headers: us })).status).toBe(200);
    expect((await get('/health/tools', { headers: them })).status).toBe(403);
  });

  it('checks run in the background as soon as the application has come up, and no more once it has closed', async () => {
    const { app, get } = await bootManaged(managed(), kind);
    let runs = 0;
    const check = (): void => void (runs += 1);
    app
      .get(HealthRegistry)
      .registerCheck('in-background', check, { intervalMs: 20, timeoutMs: 2_000 });
    await expect.poll(() => runs).toBeGreaterThan(2);
    expect(await (await get('/health')).json()).toMatchObject({ status: 'healthy' });
    await app.close();
    const after = runs;
    await new Promise((resolve) => void setTimeout(resolve, 100));
    expect(runs).toBe(after);
  });

  it('the switch for maintenance takes readiness away, and nothing else', async () => {
    const { app, codes } = await bootManaged(managed(), kind);
    app.get(HealthRegistry).setReady(false, 'maintenance');
    expect(await codes()).toMatchObject({
      '/health': 200,
      '/health/live': 200,
      '/health/ready': 503,
    });
    app.get(HealthRegistry).setReady(true);
    expect(await codes()).toMatchObject({ '/health/ready': 200 });
  });

  it('a check that hangs holds up neither liveness nor metrics', async () => {
    const { app, get } = await bootManaged(managed({ metrics: { enabled: true } }), kind);
    const hangs = (): Promise<void> => new Promise(() => {});
    app.get(HealthRegistry).registerCheck('hangs', hangs, { timeoutMs: 600_000 });
    const health = get('/health');
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/metrics')).status).toBe(200);
    await app.close();
    // It was told to end with the application, and the port stays open for its answer.
    expect(await (await health).json()).toMatchObject({ status: 'unhealthy' });
  });
});
