import { degraded, healthy, HealthStatus, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { readOutcome } from '../../../lib/health/health.outcome.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

describe('what a check returns', () => {
  it.each([
    ['nothing', undefined, HEALTHY],
    ['a status', DEGRADED, DEGRADED],
    ['healthy()', healthy(), HEALTHY],
    ['degraded()', degraded(), DEGRADED],
    ['unhealthy()', unhealthy(), UNHEALTHY],
    ['a Terminus result that is up', { db: { status: 'up' } }, HEALTHY],
    ['a Terminus result that is degraded', { db: { status: 'degraded' } }, DEGRADED],
    ['a Terminus result that is down', { db: { status: 'down' } }, UNHEALTHY],
    ['a Terminus result under the key "status"', { status: { status: 'down' } }, UNHEALTHY],
    ['a good Terminus result under the key "status"', { status: { status: 'up' } }, HEALTHY],
    [
      'several Terminus results, by the worst',
      { a: { status: 'up' }, b: { status: 'down' }, c: { status: 'degraded' } },
      UNHEALTHY,
    ],
  ])('%s counts as what it says', (_what, returned, status) => {
    expect(readOutcome(returned).status).toBe(status);
  });

  it.each([
    ['null', null],
    ['true', true],
    ['false', false],
    ['0', 0],
    ['a number', 200],
    ['the empty string', ''],
    ['"ok"', 'ok'],
    ['"up"', 'up'],
    ['"HEALTHY"', 'HEALTHY'],
    ['an empty object', {}],
    ['an array', []],
    ['an array with a status', ['healthy']],
    ['an array of Terminus entries', [{ status: 'up' }]],
    ['a function', () => HEALTHY],
    ['a symbol', Symbol('healthy')],
    ['a bigint', 1n],
    ['an error', new Error('not thrown')],
    ['a date', new Date(0)],
    ['an HTTP response', new Response('ok')],
    ['an unknown status', { status: 'fine' }],
    ['a Terminus status without a key', { status: 'up' }],
    ['a numeric status', { status: 200 }],
    ['a null status', { status: null }],
    ['a Terminus result with an unknown status', { db: { status: 'ok' } }],
    ['a Terminus result with a status of the prototype', { db: { status: 'constructor' } }],
    ['a Terminus result of which one entry is none', { db: { status: 'up' }, cache: true }],
    ['a map', new Map([['status', 'healthy']])],
  ])('%s is unhealthy, with a message that says what came back', (_what, returned) => {
    const outcome = readOutcome(returned);
    expect(outcome.status).toBe(UNHEALTHY);
    expect(outcome.message).toMatch(/^the check returned .+, which is no health outcome: return /s);
  });

  it('keeps message and details, and ignores other keys', () => {
    const returned = { ...degraded('slow', { queue: 7 }), latency: 3 };
    expect(readOutcome(returned)).toEqual({
      status: DEGRADED,
      message: 'slow',
      details: { queue: 7 },
    });
  });

  it('has an empty message and no details where a check gave none', () => {
    expect(readOutcome(HEALTHY)).toEqual({ status: HEALTHY, message: '', details: {} });
  });

  it('shows a message that is no text as what it is', () => {
    expect(readOutcome({ status: HEALTHY, message: 42 }).message).toBe('42 (number)');
  });

  it('puts details that are no object under "value"', () => {
    expect(readOutcome({ status: HEALTHY, details: ['a'] }).details).toEqual({ value: ['a'] });
  });

  it('takes message and details from a Terminus result', () => {
    expect(readOutcome({ db: { status: 'down', message: 'refused', responseTime: 3 } })).toEqual({
      status: UNHEALTHY,
      message: 'refused',
      details: { responseTime: 3 },
    });
  });

  it('takes the message of an error that a Terminus result has for a message', () => {
    expect(readOutcome({ db: { status: 'down', message: new Error('refused') } }).message).toBe(
      'refused',
    );
  });

  it('names what is down where a Terminus result has no message', () => {
    expect(readOutcome({ db: { status: 'down' } }).message).toBe('db is down');
  });

  it('names each thing that is not up where a Terminus result looked at several', () => {
    const outcome = readOutcome({
      db: { status: 'down', message: 'refused' },
      cache: { status: 'up', hits: 9 },
      queue: { status: 'degraded' },
    });
    expect(outcome.message).toBe('db: refused; queue is degraded');
    expect(outcome.details).toEqual({ db: {}, cache: { hits: 9 }, queue: {} });
  });

  it('cuts a message that is too long', () => {
    expect(readOutcome(unhealthy('x'.repeat(5_000))).message).toHaveLength(1_000);
  });

  it('masks secrets in message and details', () => {
    const outcome = readOutcome(
      unhealthy('postgres://app:hunter2@db/shop is down', {
        password: 'hunter2',
        note: 'pwd=hunter2',
      }),
    );
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});
