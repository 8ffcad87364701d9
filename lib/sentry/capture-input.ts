import { toPlainJson } from '../plain-json.js';
import { errorText } from '../show-value.js';
import type { SentryCaptureContext, SentryLevel } from './sentry.types.js';

type SdkLevel = Exclude<SentryLevel, 'warn'>;

/** Of how many errors or values one that is captured may be made up. */
const MOST_PARTS = 100;

const LEVELS: readonly SdkLevel[] = ['fatal', 'error', 'warning', 'log', 'info', 'debug'];

/**
 * The error, or in its place one that says what it was. The SDK throws on what it cannot read, and each of its flushes
 * then waits its full time for that event.
 */
export function readableError(error: unknown): unknown {
  if (typeof error === 'symbol') return new Error(errorText(error));
  try {
    readThrough(error, new Set());
    return isHuge(error) ? withinLimits(error) : error;
  } catch {
    return new Error(errorText(error));
  }
}

/** What the SDK would read for seconds, all of it at once. */
function isHuge(error: unknown): error is object {
  if (typeof error !== 'object' || error === null) return false;
  const { errors } = error as { errors?: unknown };
  if (error instanceof Error) return Array.isArray(errors) && errors.length > MOST_PARTS;
  return Object.keys(error).length > MOST_PARTS;
}

function withinLimits(error: object): unknown {
  if (!(error instanceof Error)) return toPlainJson(error);
  const { name, message, stack, cause, errors } = error as AggregateError;
  const copy = new AggregateError((errors as unknown[]).slice(0, MOST_PARTS), message, { cause });
  return Object.defineProperties(copy, { name: { value: name }, stack: { value: stack } });
}

/** The SDK marks what it has sent, and makes up an id for whoever captures it again. */
export function wasSent(error: unknown): boolean {
  try {
    return typeof error === 'object' && error !== null && '__sentry_captured__' in error;
  } catch {
    return false;
  }
}

/** What the SDK takes beside an error or a message: the context as a plain copy, so that nothing in it can throw. */
export function captureHint(context: SentryCaptureContext | undefined): object {
  const plain = toPlainJson(context);
  if (typeof plain !== 'object' || plain === null) return {};
  const { level, handled, transaction: _, ...rest } = plain as Record<string, unknown>;
  const known = severity(level);
  const captureContext = known === undefined ? rest : { ...rest, level: known };
  if (handled !== false) return { captureContext };
  return { captureContext, mechanism: { type: 'nestjs-observability', handled: false } };
}

/** The SDK's word for a level (it hands on `warn` as it is, and Sentry does not know it); `undefined` for what is none. */
export function severity(level: unknown): SdkLevel | undefined {
  return level === 'warn' ? 'warning' : LEVELS.find((known) => known === level);
}

/** Reads what the SDK reads, with everything in the chain of causes. @throws where the SDK would. */
function readThrough(error: unknown, seen: Set<unknown>): void {
  const readable = (typeof error === 'object' && error !== null) || typeof error === 'function';
  if (!readable || seen.has(error)) return;
  seen.add(error);
  Object.prototype.toString.call(error);
  if (!(error instanceof Error)) {
    Object.entries(error);
    return;
  }
  const { stack = '', cause, errors } = error as Error & { cause?: unknown; errors?: unknown };
  if (typeof stack !== 'string') throw new TypeError('the stack is no text');
  String([error.name, error.message]);
  const linked: unknown[] = Array.isArray(errors) ? [cause, ...errors] : [cause];
  for (const next of linked) readThrough(next, seen);
}

/** What was being done where something is captured, if that is said. */
export function transactionOf(context: SentryCaptureContext | undefined): string | undefined {
  try {
    const transaction: unknown = context?.transaction;
    return typeof transaction === 'string' ? transaction : undefined;
  } catch {
    return undefined;
  }
}
