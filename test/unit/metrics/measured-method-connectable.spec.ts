import { Counted } from 'nestjs-observability';
import { connectable, Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { MeasuredClasses } from '../../../lib/metrics/measured-classes.js';
import { registryOn } from './registry-on.js';

class Prices {
  readonly shared = connectable(new Subject<number>());

  @Counted('watched_total')
  watch() {
    return this.shared;
  }
}

it('What has to be connected is handed out as it is, and counts when it is returned', async () => {
  const metrics = registryOn();
  const classes = new MeasuredClasses();
  const prices = new Prices();
  classes.measure(prices);
  classes.start(metrics);

  expect(prices.watch()).toBe(prices.shared);
  expect(await metrics.expose()).toMatch(/^watched_total\{[^}]*outcome="success"[^}]*\} 1$/m);
});
