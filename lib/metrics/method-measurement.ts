import type { CallFollower, Outcome } from '../followed-call.js';
import type { AnyConfiguration } from './metric-definition.js';
import type { MetricType, MetricTypes } from './metrics.types.js';

/** Records the calls of one method of one class, in one application. */
export type MethodRecorder = CallFollower;

/** What one decorator wants to know of one method. */
export interface MethodMeasurement<Type extends MetricType = MetricType> {
  /** `@Counted('orders_total') on Orders.place`. */
  readonly owner: string;
  readonly key: string | symbol;
  readonly type: Type;
  readonly configuration: AnyConfiguration;
  /** Labels that every call has. */
  readonly labels: Readonly<Record<string, string>>;
  /** @param labels the labels of the series in which calls with an outcome are recorded. */
  recorder(
    metric: MetricTypes[Type],
    labels: (outcome: Outcome) => Record<string, string>,
  ): MethodRecorder;
}

/** What the decorated methods of one class record with; empty with metrics off. */
export type MethodRecorders = Map<MethodMeasurement, MethodRecorder>;

const MEASUREMENTS = Symbol('measurements of methods');
const RECORDERS = Symbol('recorders of methods');

/**
 * Leaves on a prototype what is wanted of one of its methods.
 *
 * @returns whether it is the first of the class and of those that it inherits from.
 * @throws TypeError when the method is recorded in that metric already.
 */
export function addMeasurement(prototype: object, measurement: MethodMeasurement): boolean {
  const { owner, key, configuration } = measurement;
  const own = ownMeasurements(prototype);
  if (own.some((other) => other.key === key && other.configuration.name === configuration.name)) {
    throw new TypeError(`${owner}: the method is recorded in that metric already.`);
  }
  const isFirst = !Reflect.has(prototype, MEASUREMENTS);
  const value = [...own, measurement];
  Object.defineProperty(prototype, MEASUREMENTS, { value, configurable: true });
  return isFirst;
}

/** What is wanted of the methods of a prototype, the inherited ones too. */
export function measurementsOf(prototype: object | null): MethodMeasurement[] {
  // Asked of every provider of an application, of which few have a decorated method.
  if (prototype === null || !Reflect.has(prototype, MEASUREMENTS)) return [];
  const parent = Object.getPrototypeOf(prototype) as object | null;
  return [...measurementsOf(parent), ...ownMeasurements(prototype)];
}

function ownMeasurements(prototype: object): readonly MethodMeasurement[] {
  const value: unknown = Object.getOwnPropertyDescriptor(prototype, MEASUREMENTS)?.value;
  return Array.isArray(value) ? (value as MethodMeasurement[]) : [];
}

/** Gives an instance what its methods record with; one that is frozen takes nothing, and stays unmeasured. */
export function giveRecorders(instance: object, value: MethodRecorders): void {
  Reflect.defineProperty(instance, RECORDERS, { value, configurable: true });
}

/** What a method records with; `undefined` where its instance has been given nothing, or metrics are off. */
export function recorderOf(
  instance: unknown,
  measurement: MethodMeasurement,
): MethodRecorder | undefined {
  // Whatever `this` is: a stand-in that tests have made may answer to any name, or to none.
  try {
    const recorders: unknown = (instance as Record<symbol, unknown> | undefined)?.[RECORDERS];
    return recorders instanceof Map ? (recorders as MethodRecorders).get(measurement) : undefined;
  } catch {
    return undefined;
  }
}
