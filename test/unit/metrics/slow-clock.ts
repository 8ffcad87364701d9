import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { FakeClock } from '../../support/fake-clock.js';
import { registryOn } from './registry-on.js';

/** A clock that goes on whenever it is looked at: by a lot, everything takes long. */
class SlowClock extends FakeClock {
  constructor(private readonly stepMs = 10) {
    super();
  }

  override nowMs(): number {
    this.hold(this.stepMs);
    return super.nowMs();
  }
}

/** A registry by whose clock everything takes long. */
export function slowRegistry(stepMs?: number): MetricsRegistry {
  return registryOn({}, new SlowClock(stepMs));
}

/** How many turns the event loop makes while something goes on. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  await work();
  clearImmediate(next);
  return turns;
}
