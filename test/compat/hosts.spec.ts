import { readFileSync } from 'node:fs';
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectFiveRoutes } from '../support/five-routes.js';
import { startReceiver } from '../support/sentry-receiver.js';
import {
  installIn,
  makeFolder,
  packInto,
  removeFolder,
  run,
  runInstalled,
  startHost,
} from '../support/tarball.js';
import manifest from '../../package.json' with { type: 'json' };

/** Each NestJS, each Node.js, each platform, each SDK of Sentry, early or late, meets each of the others. */
const PAIRS = [
  { nest: 12, node: 20, platform: 'express', sdk: 10, starts: 'early' },
  { nest: 12, node: 22, platform: 'fastify', sdk: 11, starts: 'late' },
  { nest: 12, node: 24, platform: 'express', sdk: 11, starts: 'early' },
  { nest: 11, node: 20, platform: 'fastify', sdk: 11, starts: 'late' },
  { nest: 11, node: 22, platform: 'express', sdk: 10, starts: 'early' },
  { nest: 11, node: 24, platform: 'fastify', sdk: 10, starts: 'late' },
] as const;

/** The majors of `@sentry/nestjs`, installed beside each other under names of their own. */
const SDKS = {
  sentry10: `npm:@sentry/nestjs@${manifest.devDependencies['@sentry/nestjs']}`,
  sentry11: manifest.devDependencies['sentry-nestjs-11'],
};

const CHECKS = ['database', 'tenant', 'search', 'module:order-history'];

const APP = join(import.meta.dirname, 'app');

const JEST = {
  rootDir: 'src',
  testEnvironment: 'node',
  testRegex: '.*\\.spec\\.ts$',
  moduleFileExtensions: ['js', 'json', 'ts'],
  ...linesOfReadme(),
};

let folder: string;
let tarball: string;

beforeAll(async () => {
  folder = await makeFolder();
  await mkdir(join(folder, 'node'));
  // Each is Node.js itself, without the scripts by which the package `node` chooses one of them.
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  await installIn(join(folder, 'node'), {
    dependencies: Object.fromEntries(
      [20, 22, 24].map((major) => [`node${major}`, `npm:${platform}@${major}`]),
    ),
  });
  tarball = (await packInto(folder)).path;
});

afterAll(() => removeFolder(folder));

describe.each([
  { nest: 11, format: 'CommonJS', type: 'commonjs', jestOn: [20, 24] },
  { nest: 12, format: 'ESM', type: 'module', jestOn: [] },
])('a NestJS $nest application, $format', ({ nest, type, jestOn }) => {
  let host: string;
  const pairs = PAIRS.filter((pair) => pair.nest === nest);

  beforeAll(async () => {
    host = join(folder, `nest${nest}`);
    await mkdir(join(host, 'src'), { recursive: true });
    await installIn(host, {
      type,
      dependencies: {
        'nestjs-observability': `file:${tarball}`,
        '@nestjs/common': `^${nest}.0.0`,
        '@nestjs/core': `^${nest}.0.0`,
        '@nestjs/platform-express': `^${nest}.0.0`,
        '@nestjs/platform-fastify': `^${nest}.0.0`,
        '@nestjs/terminus': `^${nest}.0.0`,
        '@willsoto/nestjs-prometheus': manifest.devDependencies['@willsoto/nestjs-prometheus'],
        'prom-client': manifest.devDependencies['prom-client'],
        'reflect-metadata': manifest.devDependencies['reflect-metadata'],
        rxjs: manifest.devDependencies.rxjs,
        ...SDKS,
        '@types/express': '^5.0.0',
        '@types/node': manifest.devDependencies['@types/node'],
        ...(jestOn.length > 0 && {
          '@types/jest': '^30.0.0',
          jest: '^30.0.0',
          'ts-jest': '^29.4.0',
          typescript: manifest.devDependencies.typescript,
        }),
      },
      // As the README says, for the version that excludes NestJS 12.
      overrides: {
        sentry10: { '@nestjs/common': '$@nestjs/common', '@nestjs/core': '$@nestjs/core' },
      },
    });
    for (const file of ['order-history.module.ts', 'main.ts']) {
      await copyFile(join(APP, file), join(host, 'src', file));
    }
    await writeFile(join(host, 'tsconfig.json'), JSON.stringify(tsconfig()));
    await runInstalled(host, 'typescript/bin/tsc', ['-p', host]);
  });

  test.each(pairs)(
    'on Node.js $node and $platform: boots, answers the five routes, ends on SIGTERM',
    async ({ node, platform }) => {
      const program = nodeProgram(node);
      const version = await run(program, ['--version'], host);
      const { get, output, terminate } = await startHost(host, [program, 'dist/main.js', platform]);

      for (const path of ['/orders/1', '/orders/2', '/orders/none', '/nowhere']) await get(path);
      const metrics = await expectFiveRoutes(get, CHECKS);

      expect(metrics.match(/^(http_requests|orders_asked)_total{.*$/gm)?.toSorted()).toEqual([
        'http_requests_total{method="GET",endpoint="/orders/:id",status="200"} 2',
        'http_requests_total{method="GET",endpoint="/orders/:id",status="404"} 1',
        'http_requests_total{method="GET",endpoint="unmatched",status="404"} 1',
        'orders_asked_total{class="OrdersController",method="find",outcome="failure"} 1',
        'orders_asked_total{class="OrdersController",method="find",outcome="success"} 2',
      ]);
      expect(version).toMatch(new RegExp(`^v${node}\\.`));
      expect(metrics).toMatch(
        /^# TYPE database_checks_total counter\ndatabase_checks_total [1-9]/m,
      );
      expect(metrics).toMatch(/^search_checks_total [1-9]/m);
      expect(output()).not.toMatch(/ERROR|ExperimentalWarning/);
      expect(await terminate()).toBe('SIGTERM');
      expect(output()).toContain('readiness while closing: 503');
    },
  );

  test.each(pairs)(
    'on Node.js $node and $platform: drains and exits with 0, its routes an ordinary controller',
    async ({ node, platform }) => {
      const { get, output, terminate } = await startHost(
        host,
        [nodeProgram(node), 'dist/main.js', platform],
        { PIPELINE: 'nest', DRAIN_MS: '700' },
      );
      await expectFiveRoutes(get, CHECKS);
      expect(output()).toContain('Mapped {/health/live, GET} route');
      expect((await get('/health/live', { method: 'DELETE' })).status).toBe(405);

      const ended = terminate();
      await expect.poll(async () => (await get('/health/ready')).status).toBe(503);
      const live = await get('/health/live');
      expect([live.status, live.headers.get('connection')]).toEqual([200, 'close']);
      expect(await ended).toBe(0);
      expect(output()).toContain('readiness while closing: 503');
      expect(warnings(output())).toEqual([
        expect.stringContaining('built anew for each run: tenant'),
      ]);
    },
  );

  test.each(pairs)(
    'on Node.js $node and $platform: answers the five routes on a management port, and nowhere else',
    async ({ node, platform }) => {
      const { get, output, terminate } = await startHost(
        host,
        [nodeProgram(node), 'dist/main.js', platform],
        { MANAGEMENT: 'on', DRAIN_MS: '0' },
      );
      const management = /The management routes listen on (\S+)/.exec(output())?.[1] ?? '';
      await expectFiveRoutes((path) => fetch(management + path), CHECKS);
      expect((await get('/health/live')).status).toBe(404);
      expect(await terminate()).toBe(0);
      expect(warnings(output())).toEqual([
        expect.stringContaining('built anew for each run: tenant'),
      ]);
    },
  );

  test.each(pairs)(
    'on Node.js $node and $platform: @sentry/nestjs $sdk, started $starts, gets each error once',
    async ({ node, platform, sdk, starts }) => {
      await useSdk(sdk);
      const receiver = await startReceiver();
      const early = starts === 'early' ? ['--import', 'nestjs-observability/instrument'] : [];
      const { get, output, terminate } = await startHost(
        host,
        [nodeProgram(node), ...early, 'dist/main.js', platform],
        { SENTRY_DSN: receiver.dsn, SENTRY_RELEASE: 'shop@1', DRAIN_MS: '0' },
      );
      const answers = [];
      for (const path of ['/orders/5/lost', '/orders/none', '/orders/6/lost']) {
        answers.push(await get(path));
      }
      expect(await terminate()).toBe(0);

      const ids = answers.map(({ headers }) => headers.get('x-sentry-event-id'));
      expect(answers.map(({ status }) => status)).toEqual([500, 404, 500]);
      expect(receiver.events.map(({ event_id }) => event_id)).toEqual([ids[0], ids[2]]);
      expect(ids[1]).toBeNull();
      expect(receiver.events[0]).toMatchObject({
        transaction: 'GET /orders/:id/lost',
        environment: 'development',
        release: 'shop@1',
        request: { method: 'GET' },
        exception: { values: [{ type: 'Error', value: 'Order 5 is lost' }] },
      });
      expect(output()).not.toContain(receiver.dsn);
    },
  );

  /** Has the host find an SDK under the name that the package asks for, until the test is finished. */
  async function useSdk(major: number): Promise<void> {
    const place = join(host, 'node_modules/@sentry/nestjs');
    onTestFinished(() => rm(place, { recursive: true, force: true }));
    await mkdir(join(host, 'node_modules/@sentry'), { recursive: true });
    await symlink(join(host, 'node_modules', `sentry${major}`), place, 'junction');
  }

  test.each(jestOn)(
    'has tests of its own in Jest as it is by default, on Node.js %i',
    async (node) => {
      const jest = join(host, `jest${node}`);
      await mkdir(join(jest, 'src'), { recursive: true });
      await copyFile(join(APP, 'host.jest.ts'), join(jest, 'src/app.spec.ts'));
      await writeFile(join(jest, 'package.json'), JSON.stringify({ name: 'host', jest: JEST }));
      await writeFile(
        join(jest, 'tsconfig.json'),
        JSON.stringify(tsconfig({ isolatedModules: true })),
      );

      const program = join(host, 'node_modules/jest/bin/jest.js');
      const report = await run(nodeProgram(node), [program, '--ci', '--json'], jest);

      expect(JSON.parse(report)).toMatchObject({ success: true, numPassedTests: 1 });
    },
  );
});

/** What an application has complained of. */
function warnings(output: string): string[] {
  return output.split('\n').filter((line) => /WARN|ERROR/.test(line));
}

/** The two lines of configuration that the README gives to hosts with Jest. */
function linesOfReadme(): object {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const block = /^```json\n([^`]*transformIgnorePatterns[^`]*)^```$/m.exec(readme)?.[1];
  return JSON.parse(block ?? '') as object;
}

function nodeProgram(major: number): string {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(folder, 'node/node_modules', `node${major}`, 'bin', file);
}

function tsconfig(more: object = {}): object {
  return {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      skipLibCheck: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
      ...more,
    },
    include: ['src'],
  };
}
