import type { Gauge, GaugeChild } from './metrics.types.js';
import { isFiniteNumber, isLabels } from './own-metric.js';
import { ValueMetric } from './value-metric.js';

/** A gauge. */
export class GaugeMetric extends ValueMetric implements Gauge {
  inc(first?: unknown, second?: unknown): void {
    this.#add(first, second, 1);
  }

  dec(first?: unknown, second?: unknown): void {
    this.#add(first, second, -1);
  }

  set(first: unknown, second?: unknown): void {
    const value = isLabels(first) ? second : first;
    if (!isLevel(value)) return this.refuse();
    const series = this.seriesOf(first);
    if (series !== undefined) series.value = value;
  }

  setToCurrentTime(labels?: unknown): void {
    const seconds = this.#currentTime();
    if (labels === undefined) this.set(seconds);
    else this.set(labels, seconds);
  }

  startTimer(labels?: unknown): (labels?: unknown) => number {
    return this.timer(this.copyOf(labels), (all, seconds) => this.set(all, seconds));
  }

  labels(...labels: unknown[]): GaugeChild {
    const bound = this.bind(labels);
    const add = (amount: unknown, sign: 1 | -1): void => {
      if (!isFiniteNumber(amount)) return this.refuse();
      const series = bound.get();
      if (series !== undefined) series.value += sign * amount;
    };
    const set = (value: unknown): void => {
      if (!isLevel(value)) return this.refuse();
      const series = bound.get();
      if (series !== undefined) series.value = value;
    };
    return {
      inc: (value: unknown = 1) => add(value, 1),
      dec: (value: unknown = 1) => add(value, -1),
      set,
      setToCurrentTime: () => set(this.#currentTime()),
      startTimer: () => this.timer(this.labelsOf(bound), (all, seconds) => this.set(all, seconds)),
    };
  }

  #add(first: unknown, second: unknown, sign: 1 | -1): void {
    const given = isLabels(first) ? second : first;
    const amount = given === undefined ? 1 : given;
    if (!isFiniteNumber(amount)) return this.refuse();
    const series = this.seriesOf(first);
    if (series !== undefined) series.value += sign * amount;
  }

  #currentTime(): number {
    return this.clock.date().getTime() / 1_000;
  }
}

/** Any number, as what a gauge shows may be unknown or without bound. */
function isLevel(value: unknown): value is number {
  return typeof value === 'number';
}
