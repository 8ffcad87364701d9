import { FakeClock } from '../../support/fake-clock.js';

/** A clock that goes on whenever it is looked at: by a lot, everything takes long. */
export class SlowClock extends FakeClock {
  constructor(private readonly stepMs = 10) {
    super();
  }

  override nowMs(): number {
    this.hold(this.stepMs);
    return super.nowMs();
  }
}
