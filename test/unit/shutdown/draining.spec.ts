import { describe, expect, it } from 'vitest';
import { Draining, type DrainTimes } from '../../../lib/shutdown/draining.js';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

function start(times: DrainTimes = { drainMs: 1_000, finishMs: 500 }) {
  const clock = new FakeClock();
  const inFlight = new Gate();
  const seen: string[] = [];
  const draining = new Draining(
    { begun: () => seen.push('begun'), idle: () => inFlight.opened },
    clock,
  );
  const begin = (given: DrainTimes, name: string): void => {
    void draining.begin(given).then(() => seen.push(name));
  };
  begin(times, 'over');
  return { clock, draining, inFlight, seen, begin };
}

describe('draining', () => {
  it('begins at once, and is over after its time when nothing is in flight', async () => {
    const { clock, inFlight, seen } = start();
    expect(seen).toEqual(['begun']);
    inFlight.open();
    await clock.advance(999);
    expect(seen).toEqual(['begun']);
    await clock.advance(1);
    expect(seen).toEqual(['begun', 'over']);
  });

  it('waits for what is in flight', async () => {
    const { clock, inFlight, seen } = start();
    await clock.advance(1_499);
    expect(seen).toEqual(['begun']);
    inFlight.open();
    await settle();
    expect(seen).toEqual(['begun', 'over']);
  });

  it('waits no longer than it is told for what is in flight', async () => {
    const { clock, seen } = start();
    await clock.advance(1_499);
    expect(seen).toEqual(['begun']);
    await clock.advance(1);
    expect(seen).toEqual(['begun', 'over']);
  });

  it('waits for nothing when it is told so', async () => {
    const { seen } = start({ drainMs: 0, finishMs: 0 });
    await settle();
    expect(seen).toEqual(['begun', 'over']);
  });

  it('waits for what is in flight all the same when the rest is skipped', async () => {
    const { draining, inFlight, seen } = start();
    draining.skip();
    await settle();
    expect(seen).toEqual(['begun']);
    inFlight.open();
    await settle();
    expect(seen).toEqual(['begun', 'over']);
  });

  it('waits for nothing any more when it is skipped twice', async () => {
    const { draining, seen } = start();
    draining.skip();
    await settle();
    draining.skip();
    await settle();
    expect(seen).toEqual(['begun', 'over']);
  });

  it('begins once; who comes later waits for the end of the first', async () => {
    const { clock, inFlight, seen, begin } = start();
    inFlight.open();
    begin({ drainMs: 0, finishMs: 0 }, 'second over');
    await clock.advance(999);
    expect(seen).toEqual(['begun']);
    await clock.advance(1);
    expect(seen).toEqual(['begun', 'over', 'second over']);
  });

  it('leaves no timer behind', async () => {
    const { clock, draining } = start();
    for (let times = 0; times < 2; times += 1) {
      draining.skip();
      await settle();
    }
    expect(clock.waiting).toBe(0);
  });
});
