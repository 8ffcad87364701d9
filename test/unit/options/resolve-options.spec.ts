import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../lib/resolve-options.js';

const problem = (options: unknown, environment: Record<string, string> = {}): string => {
  try {
    resolveOptions(options, environment);
    return 'no problem';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the options', () => {
  it('have these defaults', () => {
    expect(resolveOptions({}, {})).toEqual({
      environment: 'development',
      health: {
        timeoutMs: 800,
        cacheMs: 0,
        details: 'always',
        page: true,
        statusCodes: { healthy: 200, degraded: 200, unhealthy: 200 },
      },
      metrics: {
        enabled: false,
        defaultLabels: {},
        maxSeriesPerMetric: 2000,
        runtime: true,
        http: { buckets: undefined, exclude: [] },
      },
      sentry: { environment: 'development', dsn: undefined },
      sentryDefaults: { environment: 'development' },
      sentryReports: {
        captureHttpStatus: expect.any(Function) as unknown,
        eventIdHeader: 'X-Sentry-Event-Id',
        eventIdField: undefined,
        health: { degraded: 'breadcrumb', failureThreshold: 1, minIntervalMs: 60_000 },
      },
      tools: { flower: null, grafana: null, prometheus: null },
      management: undefined,
      routes: {
        health: '/health',
        live: '/health/live',
        ready: '/health/ready',
        metrics: '/metrics',
        tools: '/health/tools',
      },
      access: { health: 'public', metrics: 'public', tools: 'public' },
    });
  });

  const environment = {
    ENVIRONMENT: 'staging',
    ENABLE_METRICS: 'true',
    SENTRY_DSN: 'https://key@sentry.example.com/1',
    SENTRY_RELEASE: '1.2.3',
    SENTRY_TRACES_SAMPLE_RATE: '0.25',
    FLOWER_URL: 'http://flower:5555',
    GRAFANA_URL: 'http://grafana:3000',
    PROMETHEUS_URL: 'https://prometheus.example.com/graph',
  };

  it('come from the environment where they are not given', () => {
    expect(resolveOptions({}, environment)).toMatchObject({
      environment: 'staging',
      metrics: { enabled: true },
      sentry: {
        dsn: 'https://key@sentry.example.com/1',
        environment: 'staging',
        release: '1.2.3',
        tracesSampleRate: 0.25,
      },
      tools: {
        flower: 'http://flower:5555',
        grafana: 'http://grafana:3000',
        prometheus: 'https://prometheus.example.com/graph',
      },
    });
  });

  it('win over the environment', () => {
    const options = {
      environment: 'production',
      metrics: { enabled: false },
      sentry: { dsn: 'https://other@sentry.example.com/2', release: '2', tracesSampleRate: 0 },
      tools: {
        flower: null,
        grafana: 'https://g.example.com',
        prometheus: 'https://p.example.com',
      },
    };
    const resolved = resolveOptions(options, environment);
    expect(resolved).toMatchObject({
      ...options,
      sentry: { ...options.sentry, environment: 'production' },
    });
  });

  it('that are undefined count as not given', () => {
    const options = {
      environment: undefined,
      health: undefined,
      metrics: { enabled: undefined },
      sentry: { dsn: undefined, environment: undefined },
      tools: { flower: undefined },
    };
    expect(resolveOptions(options, environment)).toEqual(resolveOptions({}, environment));
  });

  it('ignore a variable that is empty', () => {
    const empty = Object.fromEntries(Object.keys(environment).map((name) => [name, ' ']));
    expect(resolveOptions({}, empty)).toEqual(resolveOptions({}, {}));
  });

  it.each(['', null])('switch Sentry off with the DSN %j, whatever the environment says', (dsn) => {
    expect(resolveOptions({ sentry: { dsn } }, environment).sentry).toBeUndefined();
  });

  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['On', true],
    ['false', false],
    ['False', false],
    ['0', false],
    ['no', false],
    ['OFF', false],
  ])('read ENABLE_METRICS=%s as %s', (text, enabled) => {
    expect(resolveOptions({}, { ENABLE_METRICS: text }).metrics.enabled).toBe(enabled);
  });

  it('hand options of the Sentry SDK through', () => {
    const sentry = {
      dsn: 'https://key@sentry.example.com/1',
      maxBreadcrumbs: 5,
      environment: 'canary',
    };
    expect(resolveOptions({ sentry }, {}).sentry).toEqual(sentry);
  });

  it('capture errors from a status on, or as a function says', () => {
    const wanted = (captureHttpStatus: unknown): boolean[] => {
      const { sentryReports } = resolveOptions({ sentry: { captureHttpStatus } }, {});
      return [404, 499, 500].map((status) => sentryReports.captureHttpStatus(status, undefined));
    };
    expect(wanted(undefined)).toEqual([false, false, true]);
    expect(wanted(499)).toEqual([false, true, true]);
    expect(wanted((status: number) => status === 404)).toEqual([true, false, false]);
  });

  it('switch reports to Sentry off one by one', () => {
    const sentry = { eventIdHeader: false, eventIdField: false, health: false };
    expect(resolveOptions({ sentry }, {}).sentryReports).toMatchObject({
      eventIdHeader: undefined,
      eventIdField: undefined,
      health: undefined,
    });
  });

  it('keep what is for this module from the SDK', () => {
    const sentry = {
      captureHttpStatus: 400,
      eventIdHeader: 'X-Event',
      eventIdField: 'event_id',
      health: true,
    };
    expect(resolveOptions({ sentry }, {}).sentryDefaults).toEqual({ environment: 'development' });
  });

  it('keep the keys of tools of the user’s own', () => {
    const tools = { flower: 'http://f', 'Log search': 'http://kibana:5601/app', jaeger: null };
    expect(resolveOptions({ tools }, {}).tools).toEqual({
      flower: 'http://f',
      grafana: null,
      prometheus: null,
      'Log search': 'http://kibana:5601/app',
      jaeger: null,
    });
  });
});

describe('where the routes are', () => {
  it.each([
    [
      { health: '/status', live: '/status/live-ness_1.0~' },
      { health: '/status', live: '/status/live-ness_1.0~' },
    ],
    [
      { tools: false, metrics: false },
      { tools: undefined, metrics: undefined },
    ],
    [
      { health: '/metrics', metrics: '/health' },
      { health: '/metrics', metrics: '/health' },
    ],
    [
      { health: false, ready: '/health' },
      { health: undefined, ready: '/health' },
    ],
  ])('may be %j', (routes, paths) => {
    expect(resolveOptions({ routes }, {}).routes).toMatchObject(paths);
  });

  it('may be a port of their own', () => {
    const { management } = resolveOptions({ management: { port: 9090 } }, {});
    expect(management).toEqual({ port: 9090, host: '0.0.0.0' });
  });
});

describe('a bad setting is refused, with its name, its value and what is accepted', () => {
  it.each([
    [{ environment: '' }, 'environment is "" (string); accepted is a text that is not empty'],
    [{ environment: 7 }, 'environment is 7 (number); accepted is a text'],
    [
      { health: { timeoutMs: 0 } },
      'health.timeoutMs is 0 (number); accepted is a number of milliseconds, 1 to 2147483647',
    ],
    [{ health: { timeoutMs: '800' } }, 'health.timeoutMs is "800" (string)'],
    [
      { health: { cacheMs: -1 } },
      'health.cacheMs is -1 (number); accepted is a number of milliseconds, 0 to 2147483647',
    ],
    [
      { health: { details: true } },
      "health.details is true (boolean); accepted is 'always', 'never' or a function of the request that returns true or false",
    ],
    [
      { health: { statusCodes: { unhealthy: 42 } } },
      'health.statusCodes.unhealthy is 42 (number); accepted is a status code, 200 to 599',
    ],
    [
      { health: { statusCodes: { sick: 503 } } },
      'health.statusCodes.sick is not an option here; known are healthy, degraded, unhealthy',
    ],
    [
      { health: { timeout: 1 } },
      'health.timeout is not an option here; known are timeoutMs, cacheMs, details, page, statusCodes',
    ],
    [
      { healht: {} },
      'healht is not an option here; known are environment, health, metrics, sentry, tools, management, routes, access',
    ],
    [
      { metrics: { enabled: 'maybe' } },
      'metrics.enabled is "maybe" (string); accepted is true, false',
    ],
    [{ metrics: { enabled: null } }, 'metrics.enabled is null'],
    [{ metrics: { enabled: ['true'] } }, 'metrics.enabled is ["true"] (array)'],
    [{ metrics: { enabled: Object.create(null) } }, 'metrics.enabled is {} (object)'],
    [{ sentry: { environment: '' } }, 'sentry.environment is "" (string)'],
    [{ metrics: true }, 'metrics is true (boolean); accepted is an object'],
    [
      { metrics: { defaultLabels: { '0': 'x' } } },
      'metrics.defaultLabels.0 is "x" (string); accepted is a label name',
    ],
    [
      { metrics: { defaultLabels: { app: 7 } } },
      'metrics.defaultLabels.app is 7 (number); accepted is a text',
    ],
    [
      { sentry: { tracesSampleRate: 2 } },
      'sentry.tracesSampleRate is 2 (number); accepted is a number from 0 to 1',
    ],
    [{ sentry: { release: '' } }, 'sentry.release is "" (string)'],
    [
      { sentry: { captureHttpStatus: 200 } },
      'sentry.captureHttpStatus is 200 (number); accepted is a status code, 400 to 599, or a function',
    ],
    [{ sentry: { captureHttpStatus: '500' } }, 'sentry.captureHttpStatus is "500" (string)'],
    [
      { sentry: { eventIdHeader: 'X Sentry' } },
      'sentry.eventIdHeader is "X Sentry" (string); accepted is the name of a header, or false for none',
    ],
    [{ sentry: { eventIdHeader: true } }, 'sentry.eventIdHeader is true (boolean)'],
    [{ sentry: { eventIdHeader: 'X-Id\r\nX-Evil: 1' } }, 'sentry.eventIdHeader is'],
    [
      { sentry: { eventIdField: '' } },
      'sentry.eventIdField is "" (string); accepted is the name of a field, or false for none',
    ],
    [
      { sentry: { health: { degraded: 'event' } } },
      "sentry.health.degraded is \"event\" (string); accepted is 'breadcrumb' or 'warning'",
    ],
    [
      { sentry: { health: { failureThreshold: 0 } } },
      'sentry.health.failureThreshold is 0 (number); accepted is a whole number, 1 to 100',
    ],
    [{ sentry: { health: { minIntervalMs: -1 } } }, 'sentry.health.minIntervalMs is -1 (number)'],
    [
      { sentry: { health: { threshold: 1 } } },
      'sentry.health.threshold is not an option here; known are degraded, failureThreshold, minIntervalMs',
    ],
    [{ sentry: { health: 'off' } }, 'sentry.health is "off" (string); accepted is an object'],
    [
      { tools: { grafana: 'grafana:3000' } },
      'tools.grafana is "grafana:3000" (string); accepted is an http: or https: URL without credentials, or none',
    ],
    [{ tools: { mine: 'http:foo' } }, 'tools.mine is "http:foo" (string)'],
    [{ tools: { mine: 'ht\ntp://x' } }, 'tools.mine is'],
    [{ tools: { mine: 'ftp://x' } }, 'tools.mine is "ftp://x" (string)'],
    [
      { isGlobal: false },
      'isGlobal belongs beside useFactory, useClass or useExisting, not inside',
    ],
    [
      { pipeline: 'nest' },
      'pipeline belongs beside useFactory, useClass or useExisting, not inside',
    ],
    [{ health: { page: 'no' } }, 'health.page is "no" (string); accepted is true or false'],
    [{ management: {} }, 'management.port is undefined; accepted is a port, 0 to 65535'],
    [{ management: { port: '80' } }, 'management.port is "80" (string); accepted is a port'],
    [{ management: { port: 65_536 } }, 'management.port is 65536 (number); accepted is a port'],
    [{ management: { port: Number.NaN } }, 'management.port is NaN (number); accepted is a port'],
    [{ management: { port: 1, host: '' } }, 'management.host is "" (string)'],
    [{ management: 9090 }, 'management is 9090 (number); accepted is an object'],
    [{ management: false }, 'management is false (boolean); accepted is an object'],
    ...[
      '',
      '/',
      'health',
      '/a/',
      '//a',
      '/a//b',
      '/../a',
      '/./a',
      '/a?b',
      '/a b',
      '/:id',
      '/*',
      '/%61',
    ].map((path): [unknown, string] => [
      { routes: { health: path } },
      'routes.health is ' +
        `${JSON.stringify(path)} (string); accepted is a path such as /health of letters, digits`,
    ]),
    [{ routes: { live: true } }, 'routes.live is true (boolean); accepted is a path'],
    [{ routes: { status: '/x' } }, 'routes.status is not an option here; known are health, live'],
    [
      { routes: { live: '/Health', metrics: false } },
      'routes.health and routes.live are both /Health; accepted is a path each',
    ],
    [{ routes: { health: `/${'x'.repeat(200)}` } }, 'routes.health is "/xxx'],
    [
      { access: { live: 'public' } },
      'access.live is not an option here; known are health, metrics',
    ],
    [
      { access: { health: 'private' } },
      "access.health is [redacted] (string of 7 characters); accepted is 'public'",
    ],
    [{ access: { health: {} } }, "access.health is [redacted] (object); accepted is 'public'"],
    [{ access: { health: { bearer: undefined } } }, 'access.health is [redacted] (object)'],
    [{ access: { health: { bearer: '' } } }, 'access.health is '],
    [{ access: { health: { bearer: 'a', also: 1 } } }, 'access.health is '],
    [{ access: { health: null } }, 'access.health is null'],
    [undefined, 'what the options are is undefined; accepted is an object'],
    [null, 'what the options are is null; accepted is an object'],
    ['x', 'what the options are is "x" (string); accepted is an object'],
  ])('%j', (options, message) => {
    expect(problem(options)).toContain(message);
  });

  it.each([
    [
      'ENABLE_METRICS',
      'maybe',
      'ENABLE_METRICS is "maybe" (string); accepted is true, false, 1, 0, yes, no, on or off',
    ],
    ['ENABLE_METRICS', 'constructor', 'ENABLE_METRICS is "constructor"'],
    [
      'SENTRY_TRACES_SAMPLE_RATE',
      'half',
      'SENTRY_TRACES_SAMPLE_RATE is "half" (string); accepted is a number from 0 to 1',
    ],
    ['FLOWER_URL', 'flower', 'FLOWER_URL is "flower" (string)'],
    ['GRAFANA_URL', 'javascript:alert(1)', 'GRAFANA_URL is'],
    ['PROMETHEUS_URL', '//prometheus', 'PROMETHEUS_URL is'],
  ])('%s=%s', (name, value, message) => {
    expect(problem({}, { [name]: value })).toContain(message);
  });

  it('all of them at once', () => {
    const message = problem({ environment: 7 }, { ENABLE_METRICS: 'maybe' });
    expect(message).toContain('ENABLE_METRICS');
    expect(message).toContain('environment');
  });

  it.each([
    'hunter2',
    'https://hunter2@sentry.example.com/project',
    'https://sentry.example.com/1?key=hunter2',
    'ftp://hunter2@sentry.example.com/1',
    'https://hunter2:x y@sentry.example.com/1',
  ])('a malformed DSN, without showing it: %s', (dsn) => {
    for (const message of [problem({ sentry: { dsn } }), problem({}, { SENTRY_DSN: dsn })]) {
      expect(message).toMatch(
        /(sentry\.dsn|SENTRY_DSN) is \[redacted\] \(string of \d+ characters\)/,
      );
      expect(message).not.toContain('hunter2');
    }
  });

  it.each<[unknown, string]>([
    ['hunter2', 'access is [redacted] (string of 7 characters); accepted is an object'],
    [['hunter2'], 'access is [redacted] (array); accepted is an object'],
    [{ metrics: ['hunter2'] }, 'access.metrics is [redacted] (array); accepted is'],
    [{ metrics: 'hunter2' }, 'access.metrics is [redacted] (string of 7 characters); accepted is'],
    [{ metrics: { basic: 'hunter2' } }, 'access.metrics is [redacted] (object); accepted is'],
    [{ metrics: Symbol('hunter2') }, 'access.metrics is [redacted] (symbol); accepted is'],
  ])('a token in the wrong place of access, without showing it: %#', (access, said) => {
    const message = problem({ access });
    expect(message).toContain(said);
    expect(message).not.toContain('hunter2');
  });

  it('a token that no header can carry, without showing it', () => {
    for (const bearer of ['hunter2 hunter2', 'hunter2\n', 'hunter2é', ['hunter2']]) {
      const message = problem({ access: { metrics: { bearer } } });
      expect(message).toContain('access.metrics is [redacted] (object); accepted is');
      expect(message).not.toContain('hunter2');
    }
  });

  it('a tool URL with credentials, without showing them', () => {
    const message = problem({ tools: { grafana: 'https://admin:hunter2@grafana' } });
    expect(message).toContain('tools.grafana is "https://[redacted]@grafana"');
  });
});
