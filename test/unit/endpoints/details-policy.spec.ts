import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { detailsPolicy } from '../../../lib/endpoints/details-policy.js';
import type { DetailsOption } from '../../../lib/endpoints/endpoints.types.js';
import { settle } from '../../support/fake-clock.js';

const request = { headers: { 'x-team': 'us' } } as unknown as IncomingMessage;

function ask(option: DetailsOption, times = 1): { sees: boolean[]; warnings: string[] } {
  const warnings: string[] = [];
  const policy = detailsPolicy(option, (problem) => warnings.push(problem));
  return { sees: Array.from({ length: times }, () => policy(request)), warnings };
}

describe('who sees messages and details', () => {
  it.each<[string, DetailsOption, boolean]>([
    ['everyone under "always"', 'always', true],
    ['nobody under "never"', 'never', false],
    ['whom the function lets', ({ headers }) => headers['x-team'] === 'us', true],
    ['not whom it does not let', ({ headers }) => headers['x-team'] === 'them', false],
  ])('is %s', (_who, option, sees) => {
    expect(ask(option)).toEqual({ sees: [sees], warnings: [] });
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('token=hunter2');
      },
      'has thrown: token=[redacted]',
    ],
    ['returns a truthy value', () => 'yes', 'has returned "yes" (string), neither true nor false'],
    ['returns nothing', () => undefined, 'has returned undefined, neither true nor false'],
    ['promises', async () => true, 'has returned "[promise]" (Promise), neither true nor false'],
    [
      'rejects',
      () => Promise.reject(new Error('no')),
      'has returned "[promise]" (Promise), neither true nor false',
    ],
  ])('is nobody where the function %s, with one warning', async (_what, option, problem) => {
    expect(ask(option as never, 3)).toEqual({
      sees: [false, false, false],
      warnings: [`health.details ${problem}: nobody sees messages and details`],
    });
    await settle();
  });
});
