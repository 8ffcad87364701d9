import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const LIB = join(import.meta.dirname, '../../lib');

/** One import, re-export or `import()` with a literal name. */
export interface Import {
  /** A path from `lib/` with its extension, `clock.ts`, or the name of a package. */
  readonly from: string;
  /** Whether `from` is a file of `lib/`. */
  readonly local: boolean;
  /** What is taken from there; `*` for everything. */
  readonly names: readonly string[];
}

/** One file of `lib/`. */
export interface Source {
  /** From `lib/`, with slashes: `health/health.registry.ts`. */
  readonly path: string;
  readonly ast: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** All files of `lib/`. */
export const SOURCES: readonly Source[] = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .toSorted()
  .map((path) => {
    const text = readFileSync(join(LIB, path), 'utf8');
    const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    return { path, ast, imports: importsOf(path, ast) };
  });

/** The nodes of a file, or those for which `enter` says that their children count. */
export function* nodesOf(
  node: ts.Node,
  enter: (node: ts.Node) => boolean = () => true,
): Generator<ts.Node> {
  yield node;
  if (!enter(node)) return;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child, enter);
}

/** `health/health.registry.ts:12`, of a node. */
export function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

function importsOf(path: string, ast: ts.SourceFile): Import[] {
  return [...nodesOf(ast)].flatMap((node) => {
    const from = specifierOf(node);
    if (from === undefined) return [];
    const local = from.startsWith('.');
    return [{ from: local ? resolve(path, from) : from, local, names: namesOf(node) }];
  });
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier && literal(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literal(node.argument.literal);
  }
  const isImportCall =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImportCall && node.arguments[0] ? literal(node.arguments[0]) : undefined;
}

function namesOf(node: ts.Node): string[] {
  const bindings = ts.isImportDeclaration(node)
    ? node.importClause?.namedBindings
    : ts.isExportDeclaration(node)
      ? node.exportClause
      : undefined;
  if (bindings === undefined || !('elements' in bindings)) return ['*'];
  return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

function literal(node: ts.Node): string | undefined {
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

function resolve(path: string, from: string): string {
  const { pathname } = new URL(from, `file:///${path}`);
  return pathname.slice(1).replace(/\.js$/, '.ts');
}
