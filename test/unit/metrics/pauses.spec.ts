import { expect, it } from 'vitest';
import { slowRegistry, turnsDuring } from './slow-clock.js';

it('A long exposition lets others have the event loop after each of its parts', async () => {
  const metrics = slowRegistry();
  const counter = metrics.counter('long_total', 'Long', ['a']);
  for (let at = 0; at < 2_000; at += 1) counter.inc({ a: `${at} ${'x'.repeat(120)}` });
  let parts: readonly Uint8Array[] = [];

  const turns = await turnsDuring(async () => {
    parts = await metrics.render('prometheus');
  });

  expect(parts.length).toBeGreaterThan(3);
  expect(turns).toBeGreaterThanOrEqual(parts.length - 1);
});

it('One of many series that take long lets others have it more often than it has parts', async () => {
  const metrics = slowRegistry();
  const counter = metrics.counter('short_total', 'Short', ['a']);
  for (let at = 0; at < 1_000; at += 1) counter.inc({ a: at });

  const turns = await turnsDuring(async () => {
    const parts = await metrics.render('prometheus');
    expect(parts).toHaveLength(1);
  });

  expect(turns).toBeGreaterThanOrEqual(10);
});

it('It does so no more often than its time is up', async () => {
  const metrics = slowRegistry(0.3);
  const counter = metrics.counter('short_total', 'Short', ['a']);
  for (let at = 0; at < 2_000; at += 1) counter.inc({ a: at });

  const turns = await turnsDuring(() => metrics.render('prometheus'));

  // The clock is looked at some 30 times.
  expect(turns).toBeGreaterThanOrEqual(5);
  expect(turns).toBeLessThanOrEqual(15);
});

it.each(['counter', 'gauge', 'histogram', 'summary'] as const)(
  'A series of a %s that is removed meanwhile is not shown, and one that comes is no harm',
  async (type) => {
    const metrics = slowRegistry();
    const metric = metrics.ofType(type, { name: 'm', help: 'M', labelNames: ['a'] });
    const record = (a: string): void =>
      'observe' in metric ? metric.observe({ a }, 1) : metric.inc({ a });
    for (let at = 0; at < 500; at += 1) record(`${at}`);

    const rendering = metrics.render('prometheus');
    await new Promise(setImmediate);
    metric.remove({ a: '400' });
    metric.remove({ a: '0' });
    record('late');

    const text = Buffer.concat(await rendering).toString();
    expect(text).toContain('a="399"');
    expect(text).not.toContain('a="400"');
    expect(await metrics.expose()).toContain('a="late"');
  },
);
