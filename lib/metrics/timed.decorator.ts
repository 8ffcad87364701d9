import { performance } from 'node:perf_hooks';
import {
  measuredMethod,
  type MeasuredMethodDecorator,
  type MeasuredMethodOptions,
} from './measured-method.js';

/** What `@Timed` may be told. */
export interface TimedOptions extends MeasuredMethodOptions {
  /** Upper bounds in seconds, in ascending order. @default prom-client's: 5 ms to 10 s */
  readonly buckets?: readonly number[] | undefined;
}

/**
 * Measures how long a method takes, in a histogram of the application's `MetricsRegistry`, in seconds, with the labels
 * `class` (that of the instance), `method` and `outcome`: `success` or `failure`.
 *
 * A promise is measured until it settles, and an observable from each subscription until that ends. What the method
 * takes, returns and throws, its name and what other decorators say of it stay as they are. Several methods may share
 * a name.
 *
 * @param name of the metric. @default 'method_duration_seconds'
 * @throws TypeError at once when the name or an option is not what it must be, or what is decorated is not a method.
 * @example
 * @Timed('report_duration_seconds', { buckets: [0.1, 1, 10] })
 * async render(report: Report) { … }
 */
export function Timed(
  name: string = 'method_duration_seconds',
  options: TimedOptions = {},
): MeasuredMethodDecorator {
  return measuredMethod({
    decorator: '@Timed',
    type: 'histogram',
    name,
    help: 'How long methods take that are decorated with @Timed',
    options,
    accepted: ['help', 'labels', 'buckets'],
    recorder: (histogram, labels) => {
      const series = {
        success: histogram.labels(labels('success')),
        failure: histogram.labels(labels('failure')),
      };
      return {
        begin: () => performance.now(),
        end: (outcome, begun) => series[outcome].observe((performance.now() - begun) / 1000),
      };
    },
  });
}
