import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectFiveRoutes } from '../support/five-routes.js';
import {
  installIn,
  makeFolder,
  packInto,
  removeFolder,
  ROOT,
  runInstalled,
  startHost,
  type Tarball,
} from '../support/tarball.js';
import { SOURCES } from './lib-sources.js';

const REQUIRED = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'];
const OPTIONAL = [
  '@nestjs/terminus',
  '@sentry/nestjs',
  '@willsoto/nestjs-prometheus',
  'prom-client',
];
const PLATFORM = '@nestjs/platform-express';

let folder: string;
let tarball: Tarball;
/** A user's project with the required peers and a platform. */
let bare: string;
/** A user's project with the optional peers too. */
let full: string;

beforeAll(async () => {
  folder = await makeFolder();
  [bare, full] = [join(folder, 'bare'), join(folder, 'full')];
  tarball = await packInto(folder);
  await Promise.all([
    install(bare, { dependencies: dependencies([...REQUIRED, PLATFORM]) }),
    install(full, {
      dependencies: dependencies([...REQUIRED, PLATFORM, ...OPTIONAL]),
      // Beside NestJS 12, which the SDK's own peers do not name yet.
      overrides: {
        '@sentry/nestjs': { '@nestjs/common': '$@nestjs/common', '@nestjs/core': '$@nestjs/core' },
      },
    }),
  ]);
});

afterAll(() => removeFolder(folder));

describe('the tarball', () => {
  test('holds the built library and what people read, and nothing else', () => {
    const built = SOURCES.flatMap(({ path }) =>
      ['.d.ts', '.js', '.js.map'].map((ending) => `dist/lib/${path.replace(/\.ts$/, ending)}`),
    );
    const others = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];

    const wanted = [...built, ...others];
    expect(wanted.filter((file) => !tarball.files.includes(file))).toEqual([]);
    expect(tarball.files.filter((file) => !wanted.includes(file))).toEqual([]);
  });

  test('has source maps that carry the sources, which are not there', async () => {
    const maps = tarball.files.filter((file) => file.endsWith('.map'));
    const read = maps.map(async (file) => {
      const map: unknown = JSON.parse(await readFile(join(ROOT, file), 'utf8'));
      return (map as { sourcesContent?: unknown[] }).sourcesContent?.length;
    });

    expect(await Promise.all(read)).toEqual(maps.map(() => 1));
  });

  test('has no reference to a map that is not there', async () => {
    const code = tarball.files.filter((file) => /\.(js|d\.ts)$/.test(file));
    const read = code.map(async (file) => {
      const name = /^\/\/# sourceMappingURL=(.+)$/m.exec(
        await readFile(join(ROOT, file), 'utf8'),
      )?.[1];
      return name === undefined ? [] : [join(file, '..', name).replaceAll('\\', '/')];
    });

    const wanted = (await Promise.all(read)).flat();
    expect(wanted.filter((map) => !tarball.files.includes(map))).toEqual([]);
  });
});

describe('beside the required peers alone', () => {
  test('no optional package is installed', () => {
    const all = [...REQUIRED, ...OPTIONAL];

    const present = all.filter((name) => existsSync(join(bare, 'node_modules', name)));

    expect(present).toEqual(REQUIRED);
  });

  test('all five routes answer, and what is asked for in vain is one warning each', async () => {
    const { get, output, terminate } = await startHost(bare, [process.execPath, 'main.mjs']);

    const metrics = await expectFiveRoutes(get, ['module:app']);

    expect(metrics).toMatch(/^#.*\n$/);
    expect(output()).toContain('enabled {"metrics":false,"sentry":false}');
    const warnings = output()
      .split('\n')
      .filter((line) => line.includes('WARN'));
    expect(warnings).toEqual([
      expect.stringContaining('prom-client'),
      expect.stringContaining('@sentry/nestjs'),
    ]);
    expect(await terminate()).toBe('SIGTERM');
  });

  test('its types compile without skipLibCheck', async () => {
    const options = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      declaration: true,
      outDir: 'compiled',
      skipLibCheck: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    const config = { compilerOptions: options, files: ['consumer.ts'] };
    await writeFile(join(bare, 'tsconfig.json'), JSON.stringify(config));

    expect(await runInstalled(bare, 'typescript/bin/tsc', ['-p', bare])).toBe('');
  });
});

describe('beside all optional peers', () => {
  test('all five routes answer, metrics are exposed, Sentry is on', async () => {
    const { get, output, terminate } = await startHost(full, [process.execPath, 'main.mjs']);

    const metrics = await expectFiveRoutes(get, ['module:app']);

    expect(metrics).toContain('# TYPE orders_total counter\norders_total 1\n');
    expect(output()).toContain('enabled {"metrics":true,"sentry":true}');
    expect(output()).not.toContain('WARN');
    expect(await terminate()).toBe('SIGTERM');
  });
});

async function install(host: string, manifest: object): Promise<void> {
  await mkdir(host);
  await installIn(host, { type: 'module', ...manifest });
  for (const file of ['main.mjs', 'consumer.ts']) {
    await copyFile(join(import.meta.dirname, 'tarball', file), join(host, file));
  }
}

/** The tarball, and packages of the versions that this repository has. */
function dependencies(names: readonly string[]): Record<string, string> {
  const installed = names.map((name) => {
    const file = join(ROOT, 'node_modules', name, 'package.json');
    return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version];
  });
  return { 'nestjs-observability': `file:${tarball.path}`, ...Object.fromEntries(installed) };
}
