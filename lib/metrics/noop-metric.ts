import type { Counter, Gauge, Histogram, Summary } from './metrics.types.js';

/** A metric of every type at once that does nothing. */
export type NoopMetric = Counter & Gauge & Histogram & Summary;

const nothing = (): void => {};
const startTimer = (): (() => number) => () => 0;

/** A metric that takes every call of a real one in silence; a timer of it measures 0 seconds. */
export function noopMetric(): NoopMetric {
  const metric = {
    inc: nothing,
    dec: nothing,
    set: nothing,
    setToCurrentTime: nothing,
    observe: nothing,
    zero: nothing,
    remove: nothing,
    reset: nothing,
    startTimer,
    labels: () => metric,
  };
  return metric;
}
