import { types } from 'node:util';
import { Inject, Optional } from '@nestjs/common';
import { defer, finalize, isObservable, tap, type Observable } from 'rxjs';
import { assertDecoratedMethod, memberName } from '../decorated-method.js';
import { showValue } from '../show-value.js';
import { MeasuredClasses } from './measured-classes.js';
import { defineMetric, type AnyConfiguration } from './metric-definition.js';
import {
  addMeasurement,
  recorderOf,
  type MethodMeasurement,
  type MethodRecorder,
  type Outcome,
} from './method-measurement.js';
import type { MetricType } from './metrics.types.js';

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

type Method = (this: unknown, ...args: unknown[]) => unknown;

const LABELS: readonly string[] = ['class', 'method', 'outcome'];
const INJECTED = Symbol('MeasuredClasses');
/** On a method whose promise nobody else can have, being made anew by each call. */
const ASYNC = Symbol('async method');

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
    decorated.value = measured(decorated.value as Method, kept);
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

function measured(method: Method, measurement: MethodMeasurement): Method {
  // To Node.js an async generator is both, and what it returns is no promise.
  const isPromising = types.isAsyncFunction(method) && !types.isGeneratorFunction(method);
  const isAsync = isPromising || Reflect.has(method, ASYNC);
  const call: Method = function (...args) {
    const recorder = recorderOf(this, measurement);
    if (recorder === undefined) return Reflect.apply(method, this, args);
    const begun = recorder.begin();
    let result: unknown;
    try {
      result = Reflect.apply(method, this, args);
    } catch (error) {
      end(recorder, 'failure', begun);
      throw error;
    }
    return isAsync ? awaited(result, recorder, begun) : followed(result, recorder, begun);
  };
  takeAfter(call, method);
  if (isAsync) Object.defineProperty(call, ASYNC, { value: true });
  return call;
}

/** A promise in the place of one that nobody else has: a rejection that nobody handles stays one. */
async function awaited(
  promise: unknown,
  recorder: MethodRecorder,
  begun: number,
): Promise<unknown> {
  let outcome: Outcome = 'failure';
  try {
    const value = await promise;
    outcome = 'success';
    return value;
  } finally {
    end(recorder, outcome, begun);
  }
}

function followed(result: unknown, recorder: MethodRecorder, begun: number): unknown {
  // A thenable of another kind may do its work once more each time it is asked.
  if (types.isPromise(result)) {
    watch(result, (outcome) => end(recorder, outcome, begun));
    return result;
  }
  if (isStream(result)) return followedStream(result, recorder);
  end(recorder, 'success', begun);
  return result;
}

/** Others may have this very promise, so it is handed on as it is. */
function watch(promise: Promise<unknown>, settled: (outcome: Outcome) => void): void {
  try {
    // Not its own `then`, which a class of promises may have made do more.
    void Promise.prototype.then.call(
      promise,
      () => settled('success'),
      () => settled('failure'),
    );
  } catch {
    // Its class refuses to make another promise for `then` to return.
    settled('success');
  }
}

/** Whether it is an observable and no more: a subject, or a class of the application's own, has methods that would be lost. */
function isStream(result: unknown): result is Observable<unknown> {
  if (typeof result !== 'object' || result === null) return false;
  try {
    if (!isObservable(result) || Reflect.has(result, 'connect')) return false;
    const parent = Object.getPrototypeOf(Object.getPrototypeOf(result)) as object | null;
    // `subject.pipe(…)` is a subject to look at.
    return parent === Object.prototype || isObservable(Reflect.get(result, 'source'));
  } catch {
    return false;
  }
}

/** The same observable, as cold as it was; each subscription is recorded when it ends. */
function followedStream(
  source: Observable<unknown>,
  recorder: MethodRecorder,
): Observable<unknown> {
  return defer(() => {
    const begun = recorder.begin();
    let hasEnded = false;
    const ended = (outcome: Outcome): void => {
      if (!hasEnded) end(recorder, outcome, begun);
      hasEnded = true;
    };
    return source.pipe(
      tap({ error: () => ended('failure'), complete: () => ended('success') }),
      // Whoever has seen enough, and unsubscribes, has not failed.
      finalize(() => ended('success')),
    );
  });
}

/** No metric is worth a failed call. */
function end(recorder: MethodRecorder, outcome: Outcome, begun: number): void {
  try {
    recorder.end(outcome, begun);
  } catch {
    // A client of metrics that keeps to the contract does not get here.
  }
}

/** Makes a function look like another to whoever reads its name, its length or what decorators have left on it. */
function takeAfter(copy: Method, original: Method): void {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Reflect.defineProperty(copy, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), copy);
  }
}
