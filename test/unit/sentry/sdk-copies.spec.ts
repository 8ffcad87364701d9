import { expect, it } from 'vitest';
import { initialisedVersions, otherCopyProblem } from '../../../lib/sentry/client/sdk-copies.js';

const copy = (enabled: boolean | undefined): object => ({
  defaultCurrentScope: { getClient: () => ({ getOptions: () => ({ enabled }) }) },
});

const WITHOUT_CLIENT = { defaultCurrentScope: { getClient: () => undefined } };

it('A version of the SDK counts where it has a client that takes events', () => {
  const found = initialisedVersions({
    __SENTRY__: {
      version: '10.75.3',
      '10.75.3': copy(undefined),
      '11.0.0': copy(true),
      '9.1.0': copy(false),
      '8.0.0': WITHOUT_CLIENT,
      '7.0.0': {},
    },
  });

  expect(found).toEqual(['10.75.3', '11.0.0']);
});

it('Another version that is at work is a problem that names both', () => {
  const globals = { __SENTRY__: { '10.75.3': copy(true), '11.12.0': copy(true) } };

  expect(otherCopyProblem('10.75.3', globals)).toMatch(/11\.12\.0.*10\.75\.3.*Install one version/);
});

it.each([
  ['the same version alone', { __SENTRY__: { '10.75.3': copy(true) } }],
  ['another without a client', { __SENTRY__: { '10.75.3': copy(true), '11.0.0': WITHOUT_CLIENT } }],
  ['none', {}],
])('%s is no problem', (_what, globals) => {
  expect(otherCopyProblem('10.75.3', globals)).toBeUndefined();
});

it.each([
  [
    'throws',
    {
      get __SENTRY__() {
        throw new Error('no');
      },
    },
  ],
  ['is null', { __SENTRY__: null }],
  ['is a text', { __SENTRY__: 'no' }],
  [
    'has no keys to be read',
    {
      __SENTRY__: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    },
  ],
  [
    'has a copy that throws',
    {
      __SENTRY__: {
        get '11.0.0'() {
          throw new Error('no');
        },
      },
    },
  ],
  ['has a copy that is null', { __SENTRY__: { '11.0.0': null } }],
])('What the SDK keeps for the process does no harm where it %s', (_how, globals) => {
  expect(initialisedVersions(globals)).toEqual([]);
});
