import { expect } from 'vitest';

/**
 * Asks an application for all five routes and compares what it says with the documentation.
 *
 * @param checks the names of its checks, in order; all of them are healthy.
 * @returns what `/metrics` says.
 */
export async function expectFiveRoutes(
  get: (path: string) => Promise<Response>,
  checks: readonly string[],
): Promise<string> {
  const json = async (path: string): Promise<unknown> => {
    const response = await get(path);
    return { code: response.status, body: await response.json() };
  };
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;

  expect(await json('/health')).toEqual({
    code: 200,
    body: {
      status: 'healthy',
      timestamp: time,
      checks: checks.map((name) => ({
        name,
        status: 'healthy',
        message: '',
        latency_ms: expect.any(Number) as unknown,
        details: {},
        checked_at: time,
      })),
    },
  });
  expect(await json('/health/live')).toEqual({ code: 200, body: { status: 'alive' } });
  expect(await json('/health/ready')).toEqual({
    code: 200,
    body: { status: 'ready', health: 'healthy' },
  });
  expect(await json('/health/tools')).toEqual({
    code: 200,
    body: { flower: null, grafana: null, prometheus: null },
  });
  const metrics = await get('/metrics');
  expect(metrics.status).toBe(200);
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
  return metrics.text();
}
