import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import {
  bootGuarded,
  CONTENT,
  HOST_NAMES,
  PATHS,
  type HostName,
  type Route,
} from './guarded-app.js';

const ROUTES = Object.keys(PATHS) as Route[];

const mayAsk =
  (route: string) =>
  ({ headers }: { headers: NodeJS.Dict<string | string[]> }): boolean =>
    headers['x-may-ask'] === route;

/** Each route has a token and a function of its own, so that none can stand in for another. */
const SETTINGS: Record<string, ObservabilityModuleOptions['access']> = {
  nothing: undefined,
  public: { health: 'public', metrics: 'public', tools: 'public' },
  bearer: {
    health: { bearer: 'of-health' },
    metrics: { bearer: 'of-metrics' },
    tools: { bearer: 'of-tools' },
  },
  function: { health: mayAsk('health'), metrics: mayAsk('metrics'), tools: mayAsk('tools') },
  // One option of the three is given, and says nothing of the other two.
  'only health': { health: { bearer: 'of-health' } },
  'only metrics': { metrics: { bearer: 'of-metrics' } },
  'only tools': { tools: () => false },
};

const ASKERS: Record<string, Record<string, string>> = {
  nobody: {},
  'token-of-health': { authorization: 'Bearer of-health' },
  'token-of-metrics': { authorization: 'Bearer of-metrics' },
  'token-of-tools': { authorization: 'Bearer of-tools' },
  'wrong-token': { authorization: 'Bearer of-nothing' },
  'may-health': { 'x-may-ask': 'health' },
  'may-metrics': { 'x-may-ask': 'metrics' },
  'may-tools': { 'x-may-ask': 'tools' },
};

/** Written by hand: what each setting comes to. */
const TABLE = `
  setting       who               health live ready metrics tools
  nothing       nobody               200  200   200     200   200
  nothing       wrong-token          200  200   200     200   200
  public        nobody               200  200   200     200   200
  public        wrong-token          200  200   200     200   200
  bearer        nobody               401  200   200     401   401
  bearer        wrong-token          401  200   200     401   401
  bearer        token-of-health      200  200   200     401   401
  bearer        token-of-metrics     401  200   200     200   401
  bearer        token-of-tools       401  200   200     401   200
  bearer        may-health           401  200   200     401   401
  function      nobody               403  200   200     403   403
  function      token-of-health      403  200   200     403   403
  function      may-health           200  200   200     403   403
  function      may-metrics          403  200   200     200   403
  function      may-tools            403  200   200     403   200
  only-health   nobody               401  200   200     200   200
  only-health   token-of-health      200  200   200     200   200
  only-metrics  nobody               200  200   200     401   200
  only-metrics  token-of-metrics     200  200   200     200   200
  only-tools    nobody               200  200   200     200   403
`;

const ROWS = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/))
  .map(([setting = '', who = '', ...codes]) => ({
    setting: setting.replace('-', ' '),
    who,
    codes: codes.map(Number),
  }));

const WAYS: readonly [string, 'GET' | 'HEAD', Record<string, string>][] = [
  ['as a program', 'GET', {}],
  ['as a browser', 'GET', { accept: 'text/html,*/*;q=0.8' }],
  ['with HEAD', 'HEAD', {}],
];

/** What is the same on all hosts is asked on one, and on the one that no framework stands behind. */
const SETTINGS_OF = (host: HostName): string[] =>
  host === 'a plain application' || host === 'the management port'
    ? Object.keys(SETTINGS)
    : ['nothing', 'bearer', 'function'];

describe.each(PLATFORMS)('on %s', (platform) => {
  describe.each(HOST_NAMES)('with %s', (host) => {
    it.each(SETTINGS_OF(host))('access: %s', async (setting) => {
      const { get, log } = await bootGuarded(platform, host, { access: SETTINGS[setting] });
      const rows = ROWS.filter((row) => row.setting === setting);
      expect(rows.length).toBeGreaterThan(0);
      const asked = rows.flatMap(({ who, codes }) =>
        (who === 'nobody' ? WAYS : WAYS.slice(0, 1)).map(async ([way, method, accept]) => {
          const headers = { ...accept, ...ASKERS[who] };
          const answers = await Promise.all(
            ROUTES.map((route) => get(PATHS[route], { method, headers })),
          );
          const bodies = await Promise.all(answers.map((answer) => answer.text()));
          return {
            name: `${who}, ${way}`,
            codes,
            got: answers.map(({ status }) => status),
            tells: ROUTES.filter((_route, index) => CONTENT.test(bodies[index] ?? '')),
            mayTell: method === 'HEAD' ? [] : TELLING.filter((route) => admits(codes, route)),
          };
        }),
      );
      for (const { name, codes, got, tells, mayTell } of await Promise.all(asked)) {
        expect(got, `${name}: ${ROUTES.join(' ')}`).toEqual(codes);
        expect(tells, `${name}: what tells something`).toEqual(mayTell);
      }
      // A refusal is no news.
      expect([...log.ours('warn'), ...log.ours('error')].filter(isNews)).toEqual([]);
    });
  });
});

/** The routes that have something to tell; the probes tell nobody anything. */
const TELLING: readonly Route[] = ['health', 'metrics', 'tools'];

function admits(codes: readonly number[], route: Route): boolean {
  return codes[ROUTES.indexOf(route)] === 200;
}

/** What the application is like in all these cases, whoever asks. */
function isNews(line: string): boolean {
  return !/secret-db|No health check is registered/.test(line);
}

it('The table has every setting and every route', () => {
  expect(new Set(ROWS.map(({ setting }) => setting))).toEqual(new Set(Object.keys(SETTINGS)));
  expect(ROWS.every(({ who, codes }) => who in ASKERS && codes.length === 5)).toBe(true);
});
