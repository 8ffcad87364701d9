import ts from 'typescript';
import { expect, test } from 'vitest';
import { nodesOf, placeOf, SOURCES, type Import } from './lib-sources.js';

/** What reads the DI graph, as NestJS exports it; `@nestjs/core/injector/…` is the graph itself. */
const CONTAINER: readonly string[] = [
  'DiscoveryModule',
  'DiscoveryService',
  'MetadataScanner',
  'ModulesContainer',
];

/** Where its metrics keep their series and its registries their metrics, in one version or another. */
const INTERNALS_OF_PROM_CLIENT: readonly string[] = ['hashMap', 'store', '_metrics'];

test('only what finds checks, controllers, filters and methods reads the module container of NestJS, and the edge finds its own place in it', () => {
  expect(filesImporting(isOfContainer)).toEqual([
    'bridges/filter.explorer.ts',
    'endpoints/host-controllers.ts',
    'health/health-check.explorer.ts',
    'lifecycle-edge.ts',
    'metrics/measured-method.explorer.ts',
    'observability.sentry-providers.ts',
    'sentry/handlers/handler.explorer.ts',
  ]);
});

test('only endpoints/ knows node:http, and what measures it', () => {
  const files = filesImporting(({ from }) => /^(node:)?https?$/.test(from));
  const elsewhere = files.filter((path) => !path.startsWith('endpoints/'));

  expect(elsewhere).toEqual(['bridges/http-metrics.ts']);
});

test('only metrics/ knows prom-client', () => {
  expect(roomsOf(filesSaying('prom-client'))).toEqual(['metrics']);
});

test('only sentry/ knows the Sentry SDK, and the loader says its name', () => {
  expect(roomsOf(filesSaying('@sentry/'))).toEqual(['instrument.ts', 'sentry']);
});

test('only tell.ts knows the logger of NestJS, as that of an application may throw', () => {
  expect(filesImporting(isOfLogger)).toEqual(['tell.ts']);
});

test('nothing reads what prom-client keeps for itself', () => {
  const reading = SOURCES.flatMap(({ ast }) => [...nodesOf(ast)]).filter((node) =>
    INTERNALS_OF_PROM_CLIENT.includes(propertyNamedBy(node) ?? ''),
  );

  expect(reading.map(placeOf)).toEqual([]);
});

test('only optional-package.ts imports a package whose name is not written there', () => {
  const files = SOURCES.filter(({ ast }) =>
    [...nodesOf(ast)].some(
      (node) =>
        ts.isCallExpression(node) &&
        node.expression.kind === ts.SyntaxKind.ImportKeyword &&
        !node.arguments.every(ts.isStringLiteralLike),
    ),
  );

  expect(files.map(({ path }) => path)).toEqual(['optional-package.ts']);
});

function isOfContainer({ from, names }: Import): boolean {
  return (
    from.startsWith('@nestjs/core/injector') ||
    (from === '@nestjs/core' && names.some((name) => name === '*' || CONTAINER.includes(name)))
  );
}

function isOfLogger({ from, names }: Import): boolean {
  return (
    from.startsWith('@nestjs/common') &&
    names.some((name) => name === '*' || name.includes('Logger'))
  );
}

/** In `it.name`, `const { name } = it`, `it['name']` and whatever else a text says, as `Reflect.get(it, 'name')` does. */
function propertyNamedBy(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    return (node.propertyName ?? node.name).getText();
  }
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

function filesImporting(wanted: (found: Import) => boolean): string[] {
  return SOURCES.filter(({ imports }) => imports.some(wanted)).map(({ path }) => path);
}

/** In code: an import or any other text. Comments, and paths within `lib/`, may say what they like. */
function filesSaying(name: string): string[] {
  return SOURCES.filter(({ ast }) =>
    [...nodesOf(ast)].some(
      (node) =>
        (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) &&
        node.text.includes(name) &&
        !node.text.startsWith('.'),
    ),
  ).map(({ path }) => path);
}

/** The folders of some files; a file at the top stands for itself. */
function roomsOf(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.split('/')[0] ?? ''))];
}
