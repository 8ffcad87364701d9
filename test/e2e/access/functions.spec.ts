import { IncomingMessage } from 'node:http';
import type { AccessOption, ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { ProcessWatch } from '../faults/process-watch.js';
import { bootGuarded, CONTENT, PATHS, type HostName } from './guarded-app.js';

/** A function, and what is said of it. */
type Broken = readonly [() => unknown, string];

type AccessFunction = (request: IncomingMessage) => boolean;

const HOSTS: readonly HostName[] = [
  'a plain application',
  "pipeline 'nest' with prefix and versioning",
  'the management port',
];

const GUARDED = [PATHS.health, PATHS.metrics, PATHS.tools];

function everywhere(option: AccessOption): ObservabilityModuleOptions {
  return { access: { health: option, metrics: option, tools: option } };
}

describe.each(PLATFORMS)('functions that guard routes on %s', (platform) => {
  it.each(HOSTS)('see the request of node:http with %s', async (host) => {
    const seen: unknown[] = [];
    const look: AccessFunction = (request) => {
      const { method, url, headers, socket } = request;
      seen.push([
        request instanceof IncomingMessage,
        method,
        url,
        headers['x-team'],
        socket.remoteAddress,
      ]);
      return true;
    };
    const { get, base } = await bootGuarded(platform, host, everywhere(look));
    const { pathname } = new URL(`${base}/metrics`);
    expect((await get('/metrics?x=1', { headers: { 'x-team': 'us' } })).status).toBe(200);
    expect((await get('/metrics', { method: 'HEAD' })).status).toBe(200);
    expect(seen).toEqual([
      [true, 'GET', `${pathname}?x=1`, 'us', '127.0.0.1'],
      [true, 'HEAD', pathname, undefined, '127.0.0.1'],
    ]);
  });

  it.each(HOSTS)('are asked anew for each request with %s', async (host) => {
    let open = false;
    const { get } = await bootGuarded(
      platform,
      host,
      everywhere(() => open),
    );
    const statuses: number[] = [];
    for (open of [false, true, false]) statuses.push((await get('/metrics')).status);
    expect(statuses).toEqual([403, 200, 403]);
  });

  const throws = (error: unknown) => (): never => {
    throw error;
  };

  it.each<[string, Broken[]]>([
    [
      'throw, promise and return a truthy value',
      [
        [throws(new Error('no session store')), 'has thrown: no session store'],
        [async () => true, 'has returned "[promise]" (Promise), neither true nor false'],
        [() => 1, 'has returned 1 (number), neither true nor false'],
      ],
    ],
    [
      'throw nothing, promise in vain and return nothing',
      [
        [throws(undefined), 'has thrown: threw undefined'],
        [
          () => Promise.reject(new Error('no')),
          'has returned "[promise]" (Promise), neither true nor false',
        ],
        [() => {}, 'has returned undefined, neither true nor false'],
      ],
    ],
  ])('that %s let nobody in, with one warning each', async (_what, broken) => {
    const [health, metrics, tools] = broken.map(([option]) => option as AccessFunction);
    for (const host of HOSTS) {
      using watch = new ProcessWatch();
      const app = await bootGuarded(platform, host, { access: { health, metrics, tools } });
      for (let round = 0; round < 3; round += 1) {
        for (const path of GUARDED) {
          const answer = await app.get(path);
          const tells = CONTENT.test(await answer.text());
          expect([path, answer.status, tells]).toEqual([path, 403, false]);
        }
        expect((await app.get(PATHS.live)).status).toBe(200);
        expect((await app.get(PATHS.ready)).status).toBe(200);
      }
      await settle();
      expect(app.log.ours('warn').filter((line) => line.startsWith('access.'))).toEqual(
        ['health', 'metrics', 'tools'].map(
          (route, index) => `access.${route} ${broken[index]?.[1]}: nobody gets an answer`,
        ),
      );
      expect(await watch.events()).toEqual([]);
    }
  });
});
