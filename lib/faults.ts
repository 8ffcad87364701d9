/** Where the module may have to swallow something, in the words of the label `source` of `observability_errors_total`. */
export const FAULT_SOURCES = [
  'collector',
  'error_report',
  'health_listener',
  'http_metrics',
  'metric_label',
  'metric_value',
  'predicate',
  'route',
] as const;

/** One place where something may have to be swallowed. */
export type FaultSource = (typeof FAULT_SOURCES)[number];

/** Counts what the module of one application has swallowed, so that nothing is lost in silence. */
export class Faults {
  readonly #counts = new Map<FaultSource, number>(FAULT_SOURCES.map((source) => [source, 0]));

  /** Counts one more. */
  count(source: FaultSource): void {
    this.#counts.set(source, this.of(source) + 1);
  }

  /** How many there have been. */
  of(source: FaultSource): number {
    return this.#counts.get(source) ?? 0;
  }
}
