// Three makers of metrics behind one set of calls: ours, prom-client, and a floor that does the least there is to do.
import client from 'prom-client';
import { MetricsRegistry } from '../dist/lib/metrics/metrics.registry.js';

/** prom-client's default buckets. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function ours() {
  const registry = new MetricsRegistry(client, { maxSeriesPerMetric: 1_000_000 });
  return {
    counter: (configuration) => registry.counter(configuration),
    gauge: (configuration) => registry.gauge(configuration),
    histogram: (configuration) => registry.histogram({ ...configuration, buckets: BUCKETS }),
    render: () => registry.render('prometheus'),
  };
}

function promClient() {
  const registry = new client.Registry();
  const registers = [registry];
  return {
    counter: (configuration) => new client.Counter({ ...configuration, registers }),
    gauge: (configuration) => new client.Gauge({ ...configuration, registers }),
    histogram: (configuration) =>
      new client.Histogram({ ...configuration, buckets: BUCKETS, registers }),
    render: async () => [Buffer.from(await registry.metrics())],
  };
}

/** Metrics off, as `MetricsRegistry` is without prom-client. */
function off() {
  const registry = new MetricsRegistry();
  return {
    counter: (configuration) => registry.counter(configuration),
    histogram: (configuration) => registry.histogram(configuration),
    render: () => registry.render('prometheus'),
  };
}

/** Nothing but methods with an empty body. */
function empty() {
  class EmptyMetric {
    inc() {}
    observe() {}
    labels() {
      return this;
    }
  }
  const make = () => new EmptyMetric();
  return { counter: make, histogram: make, render: async () => [] };
}

/** What three label values stand for, in maps within maps; `make` makes what is not there yet. */
class FloorMetric {
  #root = new Map();
  #make;

  /** In the order in which they were made. */
  entries = [];

  constructor(make) {
    this.#make = make;
  }

  entry(method, endpoint, status) {
    let endpoints = this.#root.get(method);
    if (endpoints === undefined) this.#root.set(method, (endpoints = new Map()));
    let statuses = endpoints.get(endpoint);
    if (statuses === undefined) endpoints.set(endpoint, (statuses = new Map()));
    let entry = statuses.get(status);
    if (entry === undefined) {
      entry = this.#make(`{method="${method}",endpoint="${endpoint}",status="${status}"} `);
      statuses.set(status, entry);
      this.entries.push(entry);
    }
    return entry;
  }
}

class FloorCounter extends FloorMetric {
  #name;

  constructor(name) {
    super((labels) => ({ labels, value: 0 }));
    this.#name = name;
  }

  inc({ method, endpoint, status }) {
    this.entry(method, endpoint, status).value += 1;
  }

  labels(method, endpoint, status) {
    const entry = this.entry(method, endpoint, status);
    return {
      inc: () => {
        entry.value += 1;
      },
    };
  }

  *lines() {
    for (const { labels, value } of this.entries) yield `${this.#name}${labels}${value}\n`;
  }
}

class FloorHistogram extends FloorMetric {
  #name;

  constructor(name) {
    super((labels) => ({ labels, counts: new Uint32Array(BUCKETS.length + 1), sum: 0 }));
    this.#name = name;
  }

  observe({ method, endpoint, status }, value) {
    observeIn(this.entry(method, endpoint, status), value);
  }

  labels(method, endpoint, status) {
    const entry = this.entry(method, endpoint, status);
    return { observe: (value) => observeIn(entry, value) };
  }

  *lines() {
    const heads = [...BUCKETS, '+Inf'].map((bound) => `${this.#name}_bucket{le="${bound}",`);
    for (const { labels, counts, sum } of this.entries) {
      const tail = labels.slice(1);
      let lines = '';
      let count = 0;
      for (let index = 0; index < heads.length; index += 1) {
        count += counts[index];
        lines += `${heads[index]}${tail}${count}\n`;
      }
      yield `${lines}${this.#name}_sum${labels}${sum}\n${this.#name}_count${labels}${count}\n`;
    }
  }
}

function observeIn(entry, value) {
  let index = 0;
  while (index < BUCKETS.length && value > BUCKETS[index]) index += 1;
  entry.counts[index] += 1;
  entry.sum += value;
}

/** Concatenates what the metrics have to say, in pieces small enough to be made flat at little cost. */
function piecesOf(metrics) {
  const pieces = [];
  let text = '';
  for (const metric of metrics) {
    for (const line of metric.lines()) {
      text += line;
      if (text.length < 65_536) continue;
      pieces.push(Buffer.from(text));
      text = '';
    }
  }
  return [...pieces, Buffer.from(text)];
}

function floor() {
  const metrics = [];
  const keep = (metric) => {
    metrics.push(metric);
    return metric;
  };
  return {
    counter: ({ name }) => keep(new FloorCounter(name)),
    histogram: ({ name }) => keep(new FloorHistogram(name)),
    render: async () => piecesOf(metrics),
  };
}

/** Each makes a registry of its own, with nothing in it. */
export const CONTENDERS = { ours, 'prom-client': promClient, floor, off, empty };
