import { describe, expect, it } from 'vitest';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';

describe('With metrics off', () => {
  it('the registry says so', () => {
    expect(new MetricsRegistry().enabled).toBe(false);
  });

  it('the exposition holds only a comment, as plain text', async () => {
    const metrics = new MetricsRegistry();
    metrics.counter('orders_total', 'Orders placed').inc();

    expect(await metrics.expose()).toMatch(/^# Metrics are off\.[^\n]*\n$/);
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });

  it('the same metric asked for twice is one metric', () => {
    const metrics = new MetricsRegistry();

    expect(metrics.gauge('pool', 'Pool')).toBe(metrics.gauge('pool', 'Pool'));
  });

  it('a collector is never called', async () => {
    const metrics = new MetricsRegistry();
    let calls = 0;
    metrics.gauge({ name: 'queue_length', help: 'Jobs', collect: () => void calls++ });

    await metrics.expose();

    expect(calls).toBe(0);
  });
});
