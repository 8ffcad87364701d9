import {
  degraded,
  healthy,
  HealthStatus,
  type HealthCheckContext,
  type HealthCheckFunction,
  type HealthCheckReturn,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { EventLoopWatch } from '../../../lib/health/event-loop-watch.js';
import { HealthCheckRun } from '../../../lib/health/health-check.run.js';
import { RunSlots } from '../../../lib/health/run-slots.js';
import { FakeClock, settle } from '../../support/fake-clock.js';

interface Started {
  readonly clock: FakeClock;
  readonly run: HealthCheckRun;
  /** Resolves when the check has settled. */
  readonly settled: Promise<void>;
}

function start(
  fn: (
    context: HealthCheckContext,
    clock: FakeClock,
  ) => HealthCheckReturn | PromiseLike<HealthCheckReturn>,
): Started {
  const clock = new FakeClock();
  let settled = (): void => {};
  const done = new Promise<void>((resolve) => {
    settled = resolve;
  });
  const run = new HealthCheckRun(
    { name: 'db', fn: (context) => fn(context, clock), timeoutMs: 100 },
    {
      clock,
      loop: new EventLoopWatch(clock),
      slots: new RunSlots(1),
      signalFailed: (error) => {
        throw error;
      },
      finished: (result) => result,
      settled,
    },
  );
  return { clock, run, settled: done };
}

const never = (): Promise<never> => new Promise(() => {});

describe('one run of a check', () => {
  it('gives name, status, message, latency, details and time', async () => {
    const { clock, run } = start(async (_context, held) => {
      held.hold(12.3456);
      return degraded('slow', { queue: 7 });
    });
    expect(await run.result).toEqual({
      name: 'db',
      status: HealthStatus.DEGRADED,
      message: 'slow',
      latencyMs: 12.346,
      details: { queue: 7 },
      checkedAt: clock.date(),
    });
  });

  it.each<[string, HealthCheckFunction, string]>([
    [
      'throws an error',
      () => {
        throw new Error('refused');
      },
      'refused',
    ],
    ['rejects with an error', () => Promise.reject(new Error('refused')), 'refused'],
    [
      'throws an error without a message',
      () => {
        throw new TypeError();
      },
      'TypeError',
    ],
    [
      'throws a text',
      () => {
        throw 'refused';
      },
      'refused',
    ],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
      'threw undefined',
    ],
    [
      'throws an object',
      () => {
        throw { code: 7 };
      },
      'threw {"code":7} (object)',
    ],
    [
      'rejects with what several addresses said',
      () =>
        Promise.reject(
          new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]),
        ),
      '::1 refused; 127.0.0.1 refused',
    ],
    [
      'throws an error that cannot be read',
      () => {
        throw new Proxy(new Error('x'), {
          get: () => {
            throw new Error('no');
          },
        });
      },
      'an error that cannot be read',
    ],
    [
      'returns a thenable that throws',
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- a hostile one is what is tested
        then: () => {
          throw new Error('hostile');
        },
      }),
      'hostile',
    ],
  ])('is unhealthy when the check %s', async (_what, fn, message) => {
    const { run } = start(fn);
    expect(await run.result).toMatchObject({ status: HealthStatus.UNHEALTHY, message });
  });

  it('masks secrets in what was thrown', async () => {
    const { run } = start(() => Promise.reject(new Error('postgres://app:hunter2@db refused')));
    expect((await run.result).message).toBe('postgres://[redacted]@db refused');
  });

  it('is unhealthy at its deadline, and aborts the signal with the reason', async () => {
    const seen: AbortSignal[] = [];
    const { clock, run } = start(({ signal }) => {
      seen.push(signal);
      return never();
    });
    await clock.advance(99);
    expect(seen[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(await run.result).toMatchObject({
      status: HealthStatus.UNHEALTHY,
      message: 'no answer within 100 ms, still running since 2026-01-27T10:30:00.000Z',
      latencyMs: 100,
    });
    expect(String(seen[0]?.reason)).toContain('"db"');
  });

  it('says since when it has been running, once its deadline has passed', async () => {
    const { clock, run } = start(never);
    const startedAt = clock.date().toISOString();
    expect(run.overdue()).toBeUndefined();
    await clock.advance(100);
    expect(run.overdue()?.message).toBe(
      `no answer within 100 ms, still running since ${startedAt}`,
    );
  });

  it('is unhealthy when the check held the event loop past its deadline, whatever it then says', async () => {
    const { run } = start((_context, clock) => {
      clock.hold(400);
      return healthy();
    });
    expect(await run.result).toMatchObject({
      status: HealthStatus.UNHEALTHY,
      message: 'answered after 400 ms, past its deadline of 100 ms; held the event loop for 400 ms',
      details: { event_loop_held_ms: 400 },
    });
  });

  it('keeps its result when the check settles after the deadline', async () => {
    const late = new AbortController();
    const { clock, run, settled } = start(
      () =>
        new Promise((resolve) => late.signal.addEventListener('abort', () => resolve(healthy()))),
    );
    await clock.advance(100);
    late.abort();
    await settled;
    expect((await run.result).message).toContain('no answer within 100 ms');
  });

  it('leaves no timer behind when the check has settled', async () => {
    const { clock, settled } = start(async () => healthy());
    await settled;
    expect(clock.waiting).toBe(0);
  });

  it('leaves no timer behind when it is aborted, and is unhealthy', async () => {
    const { clock, run } = start(never);
    run.abort('the application has closed');
    await settle();
    expect(clock.waiting).toBe(0);
    expect(await run.result).toMatchObject({ message: 'stopped: the application has closed' });
  });

  it('gives a result whose fields and details nobody can change', async () => {
    const { run } = start(async () => healthy('', { nested: { list: [1] } }));
    const result = await run.result;
    const { nested } = result.details as { nested: { list: number[] } };
    for (const part of [result, result.details, nested, nested.list]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});
