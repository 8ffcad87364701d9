import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { describeWith } from '../../support/parts.js';
import { registryOn } from './registry-on.js';

async function exposed(fill: (metrics: MetricsRegistry) => void): Promise<string> {
  const metrics = registryOn();
  fill(metrics);
  return metrics.expose();
}

describe('The exposition', () => {
  it('shows a counter with its help, type and series', async () => {
    const text = await exposed((metrics) => {
      const requests = metrics.counter('requests_total', 'Requests', ['method', 'status']);
      requests.inc({ method: 'GET', status: 200 });
      requests.labels({ method: 'GET', status: '200' }).inc(2);
      requests.labels('POST', '201').inc();
    });

    expect(text).toBe(
      [
        '# HELP requests_total Requests',
        '# TYPE requests_total counter',
        'requests_total{method="GET",status="200"} 3',
        'requests_total{method="POST",status="201"} 1',
        '',
      ].join('\n'),
    );
  });

  it('shows a gauge as it stands', async () => {
    const text = await exposed((metrics) => {
      const pool = metrics.gauge('pool_connections', 'Connections', ['pool']);
      pool.set({ pool: 'main' }, 40);
      pool.labels('main').inc(3);
      pool.dec({ pool: 'main' });
    });

    expect(text).toContain('pool_connections{pool="main"} 42\n');
  });

  it('shows a histogram in the buckets that were asked for', async () => {
    const text = await exposed((metrics) => {
      const latency = metrics.histogram('latency_seconds', 'Latency', ['endpoint'], [0.1, 1]);
      latency.labels({ endpoint: '/x' }).observe(0.05);
      latency.observe({ endpoint: '/x' }, 5);
    });

    expect(text).toBe(
      [
        '# HELP latency_seconds Latency',
        '# TYPE latency_seconds histogram',
        'latency_seconds_bucket{le="0.1",endpoint="/x"} 1',
        'latency_seconds_bucket{le="1",endpoint="/x"} 1',
        'latency_seconds_bucket{le="+Inf",endpoint="/x"} 2',
        'latency_seconds_sum{endpoint="/x"} 5.05',
        'latency_seconds_count{endpoint="/x"} 2',
        '',
      ].join('\n'),
    );
  });

  it('shows a summary in the percentiles that were asked for', async () => {
    const text = await exposed((metrics) => {
      metrics.summary('payload_bytes', 'Payload', [], [0.5]).observe(7);
    });

    expect(text).toContain('payload_bytes{quantile="0.5"} 7\n');
    expect(text).toContain('payload_bytes_sum 7\npayload_bytes_count 1\n');
  });

  it('shows what a timer has measured', async () => {
    let seconds = -1;
    const text = await exposed((metrics) => {
      const stop = metrics.histogram('job_seconds', 'Job').startTimer();
      seconds = stop();
    });

    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(text).toContain('job_seconds_count 1\n');
  });

  it('shows neither what was removed nor what was reset', async () => {
    const text = await exposed((metrics) => {
      const requests = metrics.counter('requests_total', 'Requests', ['method']);
      requests.inc({ method: 'GET' });
      requests.inc({ method: 'POST' });
      requests.remove({ method: 'GET' });
      const jobs = metrics.gauge('jobs', 'Jobs');
      jobs.set(5);
      jobs.reset();
    });

    expect(text).not.toContain('GET');
    expect(text).toContain('requests_total{method="POST"} 1\n');
    expect(text).toContain('jobs 0\n');
  });

  it('puts the default labels on every series', async () => {
    const metrics = registryOn({ defaultLabels: { service: 'shop' } });
    metrics.counter('orders_total', 'Orders').inc();

    expect(await metrics.expose()).toContain('orders_total{service="shop"} 1\n');
  });

  it('holds no metric of another registry', async () => {
    const one = registryOn();
    const other = registryOn();
    one.counter('orders_total', 'Orders').inc(5);
    other.counter('orders_total', 'Orders').inc();

    expect(await one.expose()).toContain('orders_total 5\n');
    expect(await other.expose()).toContain('orders_total 1\n');
  });
});

describeWith('promtool', 'promtool', () => {
  it('finds nothing to object to, also with awkward label values', async () => {
    const text = await exposed((metrics) => {
      const requests = metrics.counter('http_requests_total', 'Total HTTP requests', ['endpoint']);
      for (const endpoint of ['/x', 'a "quote"', 'back\\slash', 'two\nlines', 'ünïcode', '']) {
        requests.inc({ endpoint });
      }
      metrics.gauge('active_connections', 'Connections', ['pool']).set({ pool: 'main' }, 42);
      metrics.histogram('request_duration_seconds', 'Latency', [], [0.1, 1]).observe(0.5);
      metrics.summary('payload_bytes', 'Payload of a request', [], [0.5, 0.99]).observe(7);
    });

    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });

    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });
});
