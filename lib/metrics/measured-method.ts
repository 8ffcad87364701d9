import { Inject, Optional } from '@nestjs/common';
import { assertDecoratedMethod, memberName } from '../decorated-method.js';
import type { Method } from '../followed-call.js';
import { showValue } from '../show-value.js';
import { MeasuredClasses } from './measured-classes.js';
import { defineMetric, type AnyConfiguration } from './metric-definition.js';
import { addMeasurement, type MethodMeasurement } from './method-measurement.js';
import type { MetricType } from './metrics.types.js';
import { recorded } from './recorded-call.js';

/** Accepts only methods, and leaves their type as it is. */
export type MeasuredMethodDecorator = <Method extends (...args: never[]) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What a decorator that measures methods may be told. */
export interface MeasuredMethodOptions {
  /** The help text of the metric; of several, that of the class that comes first counts. */
  readonly help?: string | undefined;
  /** Further labels with a fixed value each, beside `class`, `method` and `outcome`. @default {} */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

const LABELS: readonly string[] = ['class', 'method', 'outcome'];
const INJECTED = Symbol('MeasuredClasses');

/** What the decorators differ in. */
export interface MeasuredMetric<Type extends MetricType> extends Pick<
  MethodMeasurement<Type>,
  'type' | 'recorder'
> {
  /** `@Counted`. */
  readonly decorator: string;
  readonly name: string;
  /** Where the options say nothing. */
  readonly help: string;
  /** As they were given. */
  readonly options: MeasuredMethodOptions & Pick<AnyConfiguration, 'buckets'>;
  /** What may be among them. */
  readonly accepted: readonly string[];
}

/**
 * A decorator that records the calls of a method.
 *
 * @throws TypeError at once when the name, the help text, a label or the buckets are not what they must be.
 */
export function measuredMethod<Type extends MetricType>(
  metric: MeasuredMetric<Type>,
): MeasuredMethodDecorator {
  const { type, name, recorder, options } = metric;
  const subject = `${metric.decorator}('${name}')`;
  assertOptions(subject, options, metric.accepted);
  const labels = { ...options.labels };
  // In an order of their own, so that two classes that write them in different orders mean the same metric.
  const labelNames = [...LABELS, ...Object.keys(labels).toSorted()];
  const { help = metric.help, buckets } = options;
  const { bounds } = defineMetric(type, { name, help, labelNames, buckets });
  const configuration = { name, help, labelNames, buckets: bounds };

  return (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    assertDecoratedMethod(subject, target, key, descriptor);
    const measurement: MethodMeasurement<Type> = {
      owner: `${subject} on ${memberName(target, key)}`,
      key,
      type,
      configuration,
      labels,
      recorder,
    };
    // Its metric is asked for by its own type.
    const kept = measurement as unknown as MethodMeasurement;
    if (addMeasurement(target, kept)) injectInto(target);
    // What stands there is a method: that has been checked.
    const decorated = descriptor as PropertyDescriptor;
    decorated.value = recorded(decorated.value as Method, kept);
  };
}

function assertOptions(subject: string, options: unknown, accepted: readonly string[]): void {
  const refuse = (what: string, value: unknown, rule: string): never => {
    throw new TypeError(`${subject}: ${what} is ${showValue(value)}; accepted is ${rule}.`);
  };
  if (!isRecord(options)) return refuse('options', options, 'an object');
  const unknown = Object.keys(options).find((option) => !accepted.includes(option));
  if (unknown !== undefined) refuse('an option', unknown, `one of ${accepted.join(', ')}`);
  const { labels = {} } = options;
  if (!isRecord(labels)) {
    return refuse('labels', labels, 'an object of label names and their values');
  }
  for (const [name, value] of Object.entries(labels)) {
    if (LABELS.includes(name)) refuse('a label name', name, `any but ${LABELS.join(', ')}`);
    if (typeof value !== 'string' || value === '') {
      refuse(`label ${name}`, value, 'a text that is not empty');
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Has NestJS hand each instance of a class, once it has made it, to what measures in its application.
 *
 * An accessor takes it instead of a property, as an instance may be frozen.
 */
function injectInto(prototype: object): void {
  Object.defineProperty(prototype, INJECTED, {
    configurable: true,
    set(this: object, classes: MeasuredClasses) {
      classes.measure(this);
    },
  });
  Inject(MeasuredClasses)(prototype, INJECTED);
  Optional()(prototype, INJECTED);
}
