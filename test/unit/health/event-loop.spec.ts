import { Logger } from '@nestjs/common';
import {
  healthy,
  HealthRegistry,
  HealthStatus,
  unhealthy,
  type HealthCheckFunction,
} from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

function registryOf(checks: Record<string, (clock: FakeClock) => HealthCheckFunction>) {
  const clock = new FakeClock();
  const registry = new HealthRegistry({ timeoutMs: 300 }, clock);
  for (const [name, make] of Object.entries(checks)) registry.registerCheck(name, make(clock));
  return { clock, registry };
}

const holds =
  (ms: number, answer = healthy()) =>
  (clock: FakeClock): HealthCheckFunction =>
  () => {
    clock.hold(ms);
    return answer;
  };

describe('a check that holds the event loop', () => {
  it('is named with the time, and stays healthy within its deadline', async () => {
    const { registry } = registryOf({ busy: holds(250, healthy('fine', { rows: 3 })) });
    expect(await registry.runCheck('busy')).toMatchObject({
      status: HEALTHY,
      message: 'fine; held the event loop for 250 ms',
      details: { rows: 3, event_loop_held_ms: 250 },
    });
  });

  it('is unhealthy past its deadline, whatever it says', async () => {
    const { registry } = registryOf({ busy: holds(400) });
    expect(await registry.runCheck('busy')).toMatchObject({
      status: UNHEALTHY,
      message: 'answered after 400 ms, past its deadline of 300 ms; held the event loop for 400 ms',
    });
  });

  it('keeps its own reason when it fails past its deadline', async () => {
    const { registry } = registryOf({
      throws: (clock) => () => {
        clock.hold(400);
        throw new Error('connection refused');
      },
      full: holds(400, unhealthy('disk full', { free: 0 })),
    });
    expect((await registry.run()).checks).toMatchObject([
      { status: UNHEALTHY, message: expect.stringMatching(/^connection refused; answered after/) },
      {
        status: UNHEALTHY,
        message: expect.stringMatching(/^disk full; answered after/),
        details: { free: 0, event_loop_held_ms: 400 },
      },
    ]);
  });

  it('is not worth naming for less than 100 ms', async () => {
    const { registry } = registryOf({ busy: holds(99) });
    expect(await registry.runCheck('busy')).toMatchObject({ message: '', details: {} });
  });

  it('is named too when it throws, and when its details take long to read', async () => {
    const { registry } = registryOf({
      throws: (clock) => () => {
        clock.hold(200);
        throw new Error('refused');
      },
      slow: (clock) => () =>
        healthy('', {
          get rows() {
            clock.hold(200);
            return 3;
          },
        }),
    });
    expect((await registry.runCheck('throws')).message).toBe(
      'refused; held the event loop for 200 ms',
    );
    expect((await registry.runCheck('slow')).message).toBe('held the event loop for 200 ms');
  });

  it('takes no time of its neighbours’ deadlines', async () => {
    const gate = new Gate();
    const { clock, registry } = registryOf({
      before: () => () => gate.opened,
      busy: holds(1_000),
      after: () => () => gate.opened,
      at_once: () => () => {},
    });
    const running = registry.run();
    await clock.advance(299);
    gate.open();
    const { checks } = await running;
    expect(checks.map(({ name, status, latencyMs }) => [name, status, latencyMs])).toEqual([
      ['before', HEALTHY, 299],
      ['busy', UNHEALTHY, 1_000],
      ['after', HEALTHY, 299],
      ['at_once', HEALTHY, 0],
    ]);
  });

  it('leaves to its neighbours a deadline all the same', async () => {
    const { clock, registry } = registryOf({
      hangs: () => () => new Promise(() => {}),
      busy: holds(1_000),
    });
    const running = registry.runCheck('hangs');
    const busy = registry.runCheck('busy');
    await clock.advance(300);
    expect((await running).message).toContain('no answer within 300 ms');
    expect((await busy).status).toBe(UNHEALTHY);
  });

  it('is written to the log once, and again only after a run that did not', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const times = [200, 250, 0, 300];
    const { registry } = registryOf({
      busy: (clock) => () => clock.hold(times.shift() ?? 0),
    });
    for (let run = 0; run < 4; run += 1) await registry.run();
    expect(warn.mock.calls.flat()).toEqual([
      'Health check "busy": held the event loop for 200 ms',
      'Health check "busy": held the event loop for 300 ms',
    ]);
    warn.mockRestore();
  });
});

describe('an event loop that stands still while checks wait', () => {
  it('is told with the result of a check that settles at its end', async () => {
    const gate = new Gate();
    const { clock, registry } = registryOf({
      parses: (held) => async () => {
        await gate.opened;
        held.hold(250);
      },
    });
    const running = registry.runCheck('parses');
    await settle();
    gate.open();
    expect(await running).toMatchObject({
      status: HEALTHY,
      message: 'the event loop stood still for 230 ms while it ran',
      details: { event_loop_held_ms: 230 },
    });
    expect(clock.waiting).toBe(0);
  });

  it('makes a check unhealthy past its deadline where no other was waiting', async () => {
    const gate = new Gate();
    const { clock, registry } = registryOf({
      parses: (held) => async () => {
        await gate.opened;
        held.hold(1_000);
      },
    });
    const running = registry.runCheck('parses');
    await settle();
    gate.open();
    await clock.advance(0);
    expect(await running).toMatchObject({
      status: UNHEALTHY,
      message:
        'answered after 1000 ms, past its deadline of 300 ms; ' +
        'the event loop stood still for 980 ms while it ran',
    });
  });

  it('makes those degraded whom it took past their deadline, where nobody knows which it was', async () => {
    const first = new Gate();
    const later = new Gate();
    const { clock, registry } = registryOf({
      parses: (held) => async () => {
        await first.opened;
        held.hold(1_000);
        await later.opened;
      },
      waits: () => () => later.opened,
    });
    registry.registerCheck('patient', () => later.opened, { timeoutMs: 2_000 });
    registry.registerCheck('fails', () => later.opened.then(() => 'unhealthy' as const));
    registry.registerCheck('hangs', () => new Promise(() => {}));
    const running = registry.run();
    await settle();
    first.open();
    await clock.advance(100);
    later.open();
    await clock.advance(300);
    const { checks } = await running;
    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ['parses', DEGRADED],
      ['waits', DEGRADED],
      ['patient', HEALTHY],
      ['fails', UNHEALTHY],
      ['hangs', UNHEALTHY],
    ]);
    expect(checks[1]?.message).toContain('past its deadline of 300 ms; the event loop stood still');
    expect(checks[4]?.message).toContain('no answer within 300 ms');
  });

  it('is told to all who wait where nobody knows whose work it was', async () => {
    const gate = new Gate();
    const { clock, registry } = registryOf({
      one: () => () => gate.opened,
      two: () => () => gate.opened,
    });
    const running = registry.run();
    await settle();
    clock.hold(220);
    await clock.advance(1);
    gate.open();
    const { checks } = await running;
    expect(checks.map(({ status, message }) => [status, message])).toEqual([
      [HEALTHY, 'the event loop stood still for 200 ms while it ran'],
      [HEALTHY, 'the event loop stood still for 200 ms while it ran'],
    ]);
  });

  it('is nothing to a check that begins to wait after it', async () => {
    const gate = new Gate();
    const { clock, registry } = registryOf({
      before: () => () => gate.opened,
      after: () => () => gate.opened,
    });
    const before = registry.runCheck('before');
    await settle();
    clock.hold(220);
    const after = registry.runCheck('after');
    await settle();
    gate.open();
    expect((await before).message).toBe('the event loop stood still for 200 ms while it ran');
    expect(await after).toMatchObject({ status: HEALTHY, message: '', details: {} });
  });

  it('prolongs a deadline only once, however often it happens', async () => {
    const { clock, registry } = registryOf({
      one: () => () => new Promise(() => {}),
      two: () => () => new Promise(() => {}),
    });
    const answered = vi.fn<() => void>();
    void registry.run().then(answered);
    for (let turn = 0; turn < 4; turn += 1) {
      await settle();
      clock.hold(400);
      await clock.advance(1);
    }
    expect(answered).toHaveBeenCalledTimes(1);
  });

  it('is not watched any more when a check has passed its deadline', async () => {
    const { clock, registry } = registryOf({ hangs: () => () => new Promise(() => {}) });
    const running = registry.run();
    await clock.advance(300);
    await running;
    expect(clock.waiting).toBe(0);
  });
});
