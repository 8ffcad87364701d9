import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { nodesOf, SOURCES, type Source } from './lib-sources.js';
import { ROOT } from '../support/tarball.js';

interface Manifest {
  readonly type: string;
  readonly main: string;
  readonly types: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly files: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, unknown>>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

const OPTIONAL_PEERS = [
  '@nestjs/terminus',
  '@nestjs/websockets',
  '@sentry/nestjs',
  '@willsoto/nestjs-prometheus',
  'prom-client',
];

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

test('every entry point tells its types first, and all its files are built', () => {
  const entries = Object.values(manifest.exports);
  const conditional = entries.filter((entry) => typeof entry === 'object');
  const files = [manifest.main, manifest.types, ...entries].flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );

  expect(conditional.map((entry) => Object.keys(entry))).toEqual(
    conditional.map(() => ['types', 'default']),
  );
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('the package is ESM for the versions of Node.js that can require it', () => {
  expect(manifest.type).toBe('module');
  expect(manifest.engines).toEqual({ node: '^20.19.0 || ^22.12.0 || >=24.0.0' });
});

test('only the build and the change log are published', () => {
  const folders = manifest.files.filter((pattern) => !pattern.startsWith('!'));

  expect(folders).toEqual(['dist/lib', 'CHANGELOG.md']);
});

test('the optional packages are optional peers, and nothing is a dependency', () => {
  const peers = Object.keys(manifest.peerDependencies);

  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.peerDependenciesMeta).toEqual(
    Object.fromEntries(OPTIONAL_PEERS.map((name) => [name, { optional: true }])),
  );
  expect(peers.filter((name) => OPTIONAL_PEERS.includes(name)).toSorted()).toEqual(OPTIONAL_PEERS);
});

test('every package that lib/ loads, by import or by name, is a peer', () => {
  const packages = [...new Set(SOURCES.flatMap(packagesOf))];

  const missing = packages.filter((name) => !(name in manifest.peerDependencies));

  expect(packages).toEqual(
    expect.arrayContaining(['@nestjs/core', 'prom-client', '@sentry/nestjs']),
  );
  expect(missing).toEqual([]);
});

test('what Node.js brings itself is imported as node:…', () => {
  const imported = SOURCES.flatMap(({ imports }) => imports.map(({ from }) => from));

  expect(imported.filter((from) => isBuiltin(from) && !from.startsWith('node:'))).toEqual([]);
});

test('the linter and its type checker are two versions that fit', () => {
  expect(manifest.devDependencies).toMatchObject({
    oxlint: '1.89.0',
    'oxlint-tsgolint': '7.0.2004',
  });
});

// The SDK's own peers end at NestJS 11.
test('the Sentry SDK is let in beside the NestJS of this repository', () => {
  expect(manifest.overrides['@sentry/nestjs']).toEqual({
    '@nestjs/common': '$@nestjs/common',
    '@nestjs/core': '$@nestjs/core',
  });
});

// Later ones ask for Node.js 22, and npm would warn everyone who installs this repository on Node.js 20.
test('two packages that come with NestJS are held back to versions for the oldest Node.js', () => {
  const { 'file-type': fileType, 'light-my-request': lightMyRequest } = manifest.overrides;

  expect([fileType, lightMyRequest]).toEqual(['^21.3.4', '6.6.0']);
});

test('the lock file says which versions, and not where from', () => {
  const lines = readFileSync(join(ROOT, 'package-lock.json'), 'utf8').split('\n');

  expect(lines.filter((line) => line.includes('"resolved"'))).toEqual([]);
});

test('no file names a package registry', () => {
  const host =
    /\bregistry\.(?!example\.)[\w-]+\.(?:com|dev|io|net|org)\b|\/\/[\w.-]*(?:registry|artifactory|nexus|verdaccio)/i;

  expect(ownFiles().filter((file) => host.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual(
    [],
  );
});

function packagesOf({ ast, imports }: Source): string[] {
  const byImport = imports
    .filter(({ from, local }) => !local && !isBuiltin(from))
    .map(({ from }) => from);
  const byName = [...nodesOf(ast)].flatMap((node) =>
    ts.isCallExpression(node) && node.expression.getText() === 'loadOptionalPackage'
      ? node.arguments.filter(ts.isStringLiteralLike).map(({ text }) => text)
      : [],
  );
  return [...byImport, ...byName].map(
    (specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier,
  );
}

/** The files of the repository; what is installed or made is not among them. */
function ownFiles(): string[] {
  const made = new Set(['.git', 'node_modules', 'dist', 'coverage']);
  return readdirSync(ROOT)
    .filter((entry) => !made.has(entry))
    .flatMap((entry) =>
      statSync(join(ROOT, entry)).isDirectory()
        ? readdirSync(join(ROOT, entry), { recursive: true, encoding: 'utf8' }).map((path) =>
            join(entry, path),
          )
        : [entry],
    )
    .filter((path) => statSync(join(ROOT, path)).isFile());
}
