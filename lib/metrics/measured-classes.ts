import { Global, Injectable, Module } from '@nestjs/common';
import { errorText } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import {
  giveRecorders,
  measurementsOf,
  type MethodMeasurement,
  type MethodRecorder,
  type MethodRecorders,
} from './method-measurement.js';
import type { MetricsRegistry } from './metrics.registry.js';

/**
 * What the decorated methods of one application record with, class by class.
 *
 * It depends on nothing, since every class with such a method is injected with it: that of the module's options, too.
 */
@Injectable()
export class MeasuredClasses {
  readonly #logger = new SafeLogger();
  readonly #classes = new Map<object, MethodRecorders>();
  readonly #failures: Error[] = [];
  #metrics: MetricsRegistry | undefined;
  #isSettled = false;

  /** Measures an instance; before there are metrics, from when there are. Never throws. */
  measure(instance: object): void {
    try {
      giveRecorders(instance, this.recordersOf(Object.getPrototypeOf(instance) as object));
    } catch {
      // A Proxy may refuse; then its methods are called as if they were not decorated.
    }
  }

  /** What the methods of a class record with. Makes their metrics, and never throws. */
  recordersOf(prototype: object): MethodRecorders {
    const known = this.#classes.get(prototype);
    if (known !== undefined) return known;
    const recorders: MethodRecorders = new Map();
    this.#classes.set(prototype, recorders);
    this.#fill(recorders, prototype);
    return recorders;
  }

  /** Measures from now on, with these metrics. */
  start(metrics: MetricsRegistry): void {
    this.#metrics = metrics;
    for (const [prototype, recorders] of this.#classes) this.#fill(recorders, prototype);
  }

  /**
   * Says that the application has been looked through: what cannot be measured from now on is logged.
   *
   * @throws Error when a metric exists with another type, other labels or other buckets; it names the method.
   */
  settle(): void {
    this.#isSettled = true;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #fill(recorders: MethodRecorders, prototype: object): void {
    const metrics = this.#metrics;
    if (metrics === undefined) return;
    for (const measurement of measurementsOf(prototype)) {
      try {
        const recorder = recorderFor(measurement, classNameOf(prototype), metrics);
        // Without it a method is called as if it were not decorated.
        if (metrics.enabled) recorders.set(measurement, recorder);
      } catch (error) {
        this.#fail(new Error(`${measurement.owner}: ${errorText(error)}`, { cause: error }));
      }
    }
  }

  #fail(error: Error): void {
    if (this.#isSettled) this.#logger.error(`A method is not measured: ${error.message}`);
    else this.#failures.push(error);
  }
}

/** Hands {@link MeasuredClasses} to every module, those that do not import the module among them. */
@Global()
@Module({ providers: [MeasuredClasses], exports: [MeasuredClasses] })
export class MeasuredClassesModule {}

function recorderFor(
  measurement: MethodMeasurement,
  className: string,
  metrics: MetricsRegistry,
): MethodRecorder {
  const { type, configuration, key, labels } = measurement;
  return measurement.recorder(metrics.ofType(type, configuration), (outcome) => ({
    class: className,
    method: String(key),
    outcome,
    ...labels,
  }));
}

/** The name of a class, whatever stands where it should be. */
function classNameOf(prototype: object): string {
  try {
    const name: unknown = prototype.constructor.name;
    return typeof name === 'string' && name !== '' ? name : 'anonymous';
  } catch {
    return 'anonymous';
  }
}
