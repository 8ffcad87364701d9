import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricsRegistry } from 'nestjs-observability';
import { expect, it, onTestFinished } from 'vitest';
import { findFreePort } from '../../../sample-app/database/free-port.js';
import { describeWith } from '../../support/parts.js';
import { bootAt } from './scraping.js';

/** Stands before an application, and knows only the text format. @returns its host and port. */
async function serveTextOf(url: string): Promise<string> {
  const server = createServer((asked, response) => {
    const headers = { ...asked.headers, accept: 'text/plain;version=0.0.4' };
    request(url + (asked.url ?? ''), { headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    })
      .on('error', () => response.destroy())
      .end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs Prometheus until the test is finished. @returns what asks it for the values of an expression, by job. */
async function runPrometheus(
  jobs: Readonly<Record<string, string>>,
): Promise<(query: string) => Promise<Record<string, number>>> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const config = {
    global: { scrape_interval: '2s', scrape_timeout: '2s' },
    scrape_configs: Object.entries(jobs).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await findFreePort();
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const exited = once(prometheus, 'exit');
  onTestFinished(async () => {
    prometheus.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  return async (query) => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok !== true) return {};
    const { data } = (await response.json()) as {
      data: { result: { metric: { job: string }; value: [number, string] }[] };
    };
    return Object.fromEntries(
      data.result.map(({ metric, value }) => [metric.job, Number(value[1])]),
    );
  };
}

describeWith('prometheus', 'Prometheus', () => {
  it('reads what it is sent, as OpenMetrics and as text', async () => {
    const asked = new Set<string>();
    const { app, url } = await bootAt('express', {
      metrics: { runtime: true, http: true },
      access: {
        metrics: ({ headers }) => {
          const format = headers.accept?.startsWith('application/openmetrics-text');
          asked.add(`${format ? 'openmetrics' : 'text'} ${headers['accept-encoding']}`);
          return true;
        },
      },
    });
    const metrics = app.get(MetricsRegistry);
    metrics.counter('orders_total', 'Orders', ['country']).inc({ country: 'a "b"\\\nc' }, 42);
    metrics.counter('visits', 'A counter that is not called _total').inc(7);
    metrics.histogram('payment_duration_seconds', 'Time to pay').observe(0.2);
    metrics.summary('payload_bytes', 'Size').observe(100);

    const ask = await runPrometheus({
      openmetrics: new URL(url).host,
      text: await serveTextOf(url),
    });
    await expect
      .poll(() => ask('up'), { timeout: 40_000, interval: 100 })
      .toEqual({ openmetrics: 1, text: 1 });
    const both = (value: number): object => ({ openmetrics: value, text: value });
    expect(await ask('orders_total{country="a \\"b\\"\\\\\\nc"}')).toEqual(both(42));
    expect(await ask('visits')).toEqual(both(7));
    expect(await ask('payment_duration_seconds_count')).toEqual(both(1));
    expect(await ask('payload_bytes{quantile="0.5"}')).toEqual(both(100));
    const samples = await ask('scrape_samples_scraped');
    expect(samples['openmetrics']).toBeGreaterThan(20);
    expect(samples['text']).toBeGreaterThan(20);
    expect([...asked].toSorted()).toEqual(['openmetrics gzip', 'text gzip']);
  });
});
