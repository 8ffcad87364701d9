import { describe, expect, it } from 'vitest';
import { checksTold } from './sentry-told.js';

describe('a check that turns degraded', () => {
  it('leaves a breadcrumb, and one when it is well again', async () => {
    const { probe, sentry } = checksTold();
    await probe('hddddhh');
    expect(sentry.events).toEqual([]);
    expect(sentry.breadcrumbs).toEqual([
      {
        category: 'health',
        message: 'Health check "db" is degraded',
        level: 'warning',
        data: { check: 'db', status: 'degraded', message: '' },
      },
      {
        category: 'health',
        message: 'Health check "db" is healthy again',
        level: 'info',
        data: { check: 'db', status: 'healthy', message: '' },
      },
    ]);
  });

  it('is a warning by option, and its recovery an event too', async () => {
    const { probe, sentry } = checksTold({ degraded: 'warning' });
    await probe('hdddhh');
    expect(sentry.words).toEqual(['degraded: warning', 'healthy again: info']);
    expect(sentry.breadcrumbs).toEqual([]);
  });

  it.each(['breadcrumb', 'warning'] as const)(
    'out of unhealthy is an event, as it was told to be unhealthy (%s)',
    async (degraded) => {
      const { probe, sentry } = checksTold({ degraded });
      await probe('huuddhh');
      expect(sentry.words).toEqual([
        'unhealthy: error',
        'degraded: warning',
        'healthy again: info',
      ]);
      expect(sentry.breadcrumbs).toEqual([]);
    },
  );

  it.each([
    ['breadcrumb', ['unhealthy: error']],
    ['warning', ['degraded: warning', 'unhealthy: error']],
  ] as const)('and then unhealthy is an event at once (%s)', async (degraded, words) => {
    const { probe, sentry } = checksTold({ degraded, minIntervalMs: 60_000 });
    await probe('hduu');
    expect(sentry.words).toEqual(words);
  });

  it('and unhealthy again is an event: what was told before has ended', async () => {
    const { probe, sentry } = checksTold();
    await probe('hudu');
    expect(sentry.words).toEqual(['unhealthy: error', 'degraded: warning', 'unhealthy: error']);
  });
});
