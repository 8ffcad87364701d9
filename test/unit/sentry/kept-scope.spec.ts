import { describe, expect, it } from 'vitest';
import { KeptScope, latest } from '../../../lib/sentry/kept-scope.js';

describe('KeptScope', () => {
  it('knows what it was told', () => {
    const scope = new KeptScope();
    scope.setUser({ id: 7 });
    scope.setTag('shop', 'pt');
    scope.setContext('order', { id: 5 });
    scope.setLevel('fatal');
    scope.setFingerprint(['orders']);
    scope.addBreadcrumb({ message: 'paid' });

    expect(scope.data).toEqual({
      user: { id: 7 },
      tags: { shop: 'pt' },
      contexts: { order: { id: 5 } },
      level: 'fatal',
      fingerprint: ['orders'],
      breadcrumbs: [{ message: 'paid' }],
    });
  });

  it('takes back a user and a context that are set to null', () => {
    const scope = new KeptScope();
    scope.setUser({ id: 7 });
    scope.setContext('order', { id: 5 });
    scope.setContext('cart', { id: 6 });
    scope.setUser(null);
    scope.setContext('order', null);

    expect(scope.data).toMatchObject({ user: {}, contexts: { cart: { id: 6 } } });
    expect(scope.data.contexts).not.toHaveProperty('order');
  });

  it('leaves what was held on to as it was', () => {
    const scope = new KeptScope();
    scope.setTag('shop', 'pt');
    scope.addBreadcrumb({ message: 'one' });
    const held = scope.data;
    const copy = new KeptScope(held);
    scope.setTag('shop', 'es');
    scope.addBreadcrumb({ message: 'two' });
    copy.setTag('only', 'here');
    scope.clear();

    expect(held).toMatchObject({ tags: { shop: 'pt' }, breadcrumbs: [{ message: 'one' }] });
    expect(held.breadcrumbs).toHaveLength(1);
    expect(copy.data.tags).toEqual({ shop: 'pt', only: 'here' });
    expect(scope.data.tags).toEqual({});
  });

  it('forgets the oldest breadcrumb when there are too many', () => {
    const scope = new KeptScope();
    for (const message of ['a', 'b', 'c']) scope.addBreadcrumb({ message }, 2);

    expect(scope.data.breadcrumbs).toEqual([{ message: 'b' }, { message: 'c' }]);
  });

  it('keeps a hundred breadcrumbs where nobody says how many', () => {
    const scope = new KeptScope();
    for (let n = 1; n <= 101; n += 1) scope.addBreadcrumb({ n });

    expect(scope.data.breadcrumbs).toHaveLength(100);
    expect(scope.data.breadcrumbs[0]).toEqual({ n: 2 });
  });
});

describe('latest()', () => {
  it.each([
    [0, []],
    [-1, []],
    [2, [2, 3]],
    [9, [1, 2, 3]],
  ])('%i', (most, expected) => {
    expect(latest([1, 2, 3], most)).toEqual(expected);
  });
});
