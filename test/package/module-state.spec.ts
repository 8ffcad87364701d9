import ts from 'typescript';
import { expect, test } from 'vitest';
import { nodesOf, placeOf, SOURCES } from './lib-sources.js';

const COLLECTIONS: readonly string[] = ['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef'];

test('no file keeps state beside what its classes and functions hold', () => {
  expect(placesOfModuleScope(isState)).toEqual([]);
});

// An `await` there makes `require` of the package fail, and Jest cannot transform `import.meta`.
test('no file awaits at its top level but the one that runs before an application', () => {
  const places = placesOfModuleScope(isAwait);

  expect(places.map((place) => place.split(':')[0])).toEqual(['instrument.ts']);
});

test('no file uses import.meta', () => {
  expect(
    SOURCES.flatMap(({ ast }) => [...nodesOf(ast)].filter(ts.isMetaProperty).map(placeOf)),
  ).toEqual([]);
});

/** What is evaluated once per process: all but the bodies of functions and what each instance of a class has. */
function placesOfModuleScope(isWrong: (node: ts.Node) => boolean): string[] {
  return SOURCES.flatMap(({ ast }) =>
    [...nodesOf(ast, isEvaluatedOnce)]
      .filter((node) => isEvaluatedOnce(node) && isWrong(node))
      .map(placeOf),
  );
}

function isEvaluatedOnce(node: ts.Node): boolean {
  const isOfInstance =
    ts.isPropertyDeclaration(node) &&
    !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
  return !ts.isFunctionLike(node) && !isOfInstance && !ts.isTypeNode(node);
}

/** A variable that can change, a collection, or an object or list that is made empty, to be filled later. */
function isState(node: ts.Node): boolean {
  if (ts.isVariableDeclarationList(node)) return !(node.flags & ts.NodeFlags.Const);
  if (ts.isNewExpression(node)) return COLLECTIONS.includes(node.expression.getText());
  const value = ts.isVariableDeclaration(node) ? node.initializer : undefined;
  if (value === undefined) return false;
  return (
    (ts.isObjectLiteralExpression(value) && value.properties.length === 0) ||
    (ts.isArrayLiteralExpression(value) && value.elements.length === 0)
  );
}

function isAwait(node: ts.Node): boolean {
  return (
    ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)
  );
}
