import promClient from 'prom-client';
import { expect, it } from 'vitest';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { watchLog } from './watched-log.js';
import { registryOn } from './registry-on.js';

watchLog();

it('Metrics that hang here and in the default registry cost a scrape five seconds, not five each', async () => {
  const clock = new FakeClock();
  const metrics = registryOn({}, clock);
  const never = (): Promise<void> => new Promise<void>(() => {});
  metrics.gauge({ name: 'ours', help: 'Ours', collect: never });
  new promClient.Gauge({ name: 'theirs', help: 'Theirs', collect: never }).set(0);
  metrics.counter('good_total', 'Good').inc();
  let body = 'nothing';
  void metrics.expose().then((text) => (body = text));

  await clock.advance(4_999);
  expect(body).toBe('nothing');
  await clock.advance(1);
  await settle();

  expect(body).toContain('good_total 1');
});
