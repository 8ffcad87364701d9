import { describe, expect, it } from 'vitest';
import { Branch, takeOff, wayTo, type Place } from '../../../lib/metrics/label-tree.js';

const leafOn = (branch: Branch, text: string): Place => {
  const leaf = { text, branch };
  branch.add(leaf);
  return leaf;
};

const branchOn = (branch: Branch, text: string): Branch => {
  const next = new Branch(text, branch);
  branch.add(next);
  return next;
};

describe('A tree of labels', () => {
  it.each([1, 2, 5])('finds each of %i places that hang on a branch, and no other', (many) => {
    const root = new Branch('', undefined);
    const leaves = Array.from({ length: many }, (_, i) => leafOn(root, `${i}`));

    expect(leaves.map(({ text }) => root.get(text))).toEqual(leaves);
    expect(root.get('other')).toBeUndefined();
    expect(root.get('')).toBeUndefined();
  });

  it('tells the values on the way to a place', () => {
    const leaf = leafOn(branchOn(branchOn(new Branch('', undefined), 'GET'), ''), '200');

    expect(wayTo(leaf)).toEqual(['GET', '', '200']);
  });

  it.each([1, 2, 5])(
    'keeps no branch that leads nowhere, where %i places were taken off',
    (many) => {
      const root = new Branch('', undefined);
      const other = leafOn(branchOn(root, 'POST'), '201');
      const branch = branchOn(root, 'GET');
      const leaves = Array.from({ length: many }, (_, i) => leafOn(branch, `${i}`));

      for (const leaf of leaves) {
        expect(root.get('GET')).toBe(branch);
        takeOff(leaf);
      }

      expect(root.get('GET')).toBeUndefined();
      takeOff(other);
      expect(root.get('POST')).toBeUndefined();
    },
  );

  it('is used again where it was left empty', () => {
    const root = new Branch('', undefined);
    takeOff(leafOn(branchOn(root, 'GET'), '200'));
    const leaf = leafOn(branchOn(root, 'PUT'), '204');

    expect(root.get('PUT')).toBe(leaf.branch);
    expect(root.get('GET')).toBeUndefined();
  });
});
