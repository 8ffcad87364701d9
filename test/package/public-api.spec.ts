import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import * as api from 'nestjs-observability';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { ROOT } from '../support/tarball.js';

const TYPES = join(ROOT, 'dist/lib');
const OPTIONAL_PEERS = /^(@nestjs\/terminus|@sentry\/|@willsoto\/|prom-client)/;

interface Declarations {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const declarations = reachable(join(TYPES, 'index.d.ts'));

// After a change that is meant: npm run build && npm test -- -u test/package/public-api.spec.ts
test('what users import, and the types behind it, are those that were agreed on', async () => {
  const names = `// Exported at run time\n${Object.keys(api).toSorted().join('\n')}\n`;
  const types = declarations.map(({ path, text }) => `// ${path}\n${text}`);

  await expect([names, ...types].join('\n')).toMatchFileSnapshot('public-api.snap.txt');
});

test('no type needs an optional package', () => {
  const needing = declarations.filter(({ imports }) =>
    imports.some((specifier) => OPTIONAL_PEERS.test(specifier)),
  );

  expect(needing.map(({ path }) => path)).toEqual([]);
});

test('nothing internal is in the types', () => {
  const leaking = declarations.filter(({ path }) =>
    readFileSync(join(TYPES, path), 'utf8').includes('@internal'),
  );

  expect(leaking.map(({ path }) => path)).toEqual([]);
});

/** A declaration file and all that it refers to within the package, without comments. */
function reachable(entry: string): Declarations[] {
  const found = new Map<string, Declarations>();
  const printer = ts.createPrinter({ removeComments: true });
  const visit = (file: string): void => {
    if (found.has(file)) return;
    const text = readFileSync(file, 'utf8');
    const ast = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const imports = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
    const path = relative(TYPES, file).replaceAll('\\', '/');
    found.set(file, { path, text: printer.printFile(ast), imports });
    for (const specifier of imports) {
      if (specifier.startsWith('.'))
        visit(resolve(file, '..', specifier.replace(/\.js$/, '.d.ts')));
    }
  };
  visit(entry);
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
