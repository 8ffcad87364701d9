import {
  measuredMethod,
  type MeasuredMethodDecorator,
  type MeasuredMethodOptions,
} from './measured-method.js';

/** What `@Counted` may be told. */
export type CountedOptions = MeasuredMethodOptions;

/**
 * Counts the calls of a method in a counter of the application's `MetricsRegistry`, with the labels `class` (that of
 * the instance), `method` and `outcome`: `success` or `failure`.
 *
 * A promise counts when it settles, and an observable with each subscription, when that ends. What the method takes,
 * returns and throws, its name and what other decorators say of it stay as they are. Several methods may share a name.
 *
 * @param name of the metric. @default 'method_calls_total'
 * @throws TypeError at once when the name or an option is not what it must be, or what is decorated is not a method.
 * @example
 * @Counted('orders_placed_total', { labels: { team: 'shop' } })
 * async place(order: Order) { … }
 */
export function Counted(
  name: string = 'method_calls_total',
  options: CountedOptions = {},
): MeasuredMethodDecorator {
  return measuredMethod({
    decorator: '@Counted',
    type: 'counter',
    name,
    help: 'Calls of methods that are decorated with @Counted',
    options,
    accepted: ['help', 'labels'],
    recorder: (counter, labels) => {
      const series = {
        success: counter.labels(labels('success')),
        failure: counter.labels(labels('failure')),
      };
      return { begin: () => 0, end: (outcome) => series[outcome].inc() };
    },
  });
}
