import { toPlainJson } from '../plain-json.js';
import { redactText } from '../redaction.js';
import { errorText, shorten, showValue } from '../show-value.js';
import { HealthStatus, type HealthOutcome } from './health.types.js';
import { worst } from './severity.js';
import { thrownIndicators } from './terminus.js';

/** An outcome as the registry keeps it: complete, plain, bounded, without secrets. */
export interface ReadOutcome {
  readonly status: HealthStatus;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The outcome of a check that found all well. */
export function healthy(message?: string, details?: object): HealthOutcome {
  return { status: HealthStatus.HEALTHY, message, details };
}

/** The outcome of a check whose thing works, with something missing. */
export function degraded(message?: string, details?: object): HealthOutcome {
  return { status: HealthStatus.DEGRADED, message, details };
}

/** The outcome of a check whose thing does not work. */
export function unhealthy(message?: string, details?: object): HealthOutcome {
  return { status: HealthStatus.UNHEALTHY, message, details };
}

const MAX_MESSAGE = 1_000;

/** No indicator looks at more things than these. */
const MAX_ENTRIES = 1_000;

const NO_DETAILS: Readonly<Record<string, unknown>> = Object.freeze({});

const STATUSES: readonly unknown[] = Object.values(HealthStatus);

const STATUS_OF_WORD: Readonly<Record<string, HealthStatus>> = {
  up: HealthStatus.HEALTHY,
  degraded: HealthStatus.DEGRADED,
  down: HealthStatus.UNHEALTHY,
};

/**
 * Reads what a check returned. Nothing but an explicit good answer is healthy: what cannot be understood is unhealthy,
 * with a message that says what came back.
 */
export function readOutcome(returned: unknown): ReadOutcome {
  if (returned === undefined) return outcome(HealthStatus.HEALTHY);
  if (isStatus(returned)) return outcome(returned);
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned)) {
    return notAnOutcome(returned);
  }
  if (!('status' in returned)) return readIndicator(returned) ?? notAnOutcome(returned);
  const { status } = returned;
  if (isStatus(status)) return readOwn(status, returned);
  // An indicator of Terminus may be called "status": its entry is then an object.
  const read = typeof status === 'object' ? readIndicator(returned) : undefined;
  return read ?? notAnOutcome(returned);
}

/** Reads what a check threw, or what its promise was rejected with. Never throws. */
export function readFailure(error: unknown): ReadOutcome {
  try {
    const thrown = thrownIndicators(error);
    if (thrown === undefined) return outcome(HealthStatus.UNHEALTHY, errorText(error));
    const read = readIndicator(thrown.results);
    const message = (thrown.speaks ? '' : read?.message) || errorText(error);
    return outcome(HealthStatus.UNHEALTHY, message, read?.details ?? thrown.results);
  } catch {
    return outcome(HealthStatus.UNHEALTHY, errorText(error));
  }
}

function readOwn(
  status: HealthStatus,
  returned: { readonly status: unknown; message?: unknown; details?: unknown },
): ReadOutcome {
  const { message, details } = returned;
  return outcome(status, messageText(message ?? ''), details ?? undefined);
}

/** `undefined` for what no indicator returns. */
function readIndicator(returned: object): ReadOutcome | undefined {
  const entries: IndicatorEntry[] = [];
  const keys = Object.keys(returned);
  if (keys.length > MAX_ENTRIES) return undefined;
  for (const key of keys) {
    const entry = readEntry(key, Reflect.get(returned, key));
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  const [first, ...others] = entries;
  if (first === undefined) return undefined;
  if (others.length === 0) return outcome(first.status, entryText(first, ''), first.details);

  // More than these do not fit into a message anyway.
  const bad = entries.filter(({ status }) => status !== HealthStatus.HEALTHY).slice(0, 50);
  return outcome(
    worst(entries.map(({ status }) => status)),
    bad.map((entry) => entryText(entry, `${entry.key}: `)).join('; '),
    Object.fromEntries(entries.map(({ key, details }) => [key, details])),
  );
}

interface IndicatorEntry {
  readonly key: string;
  readonly status: HealthStatus;
  /** The word of Terminus for it. */
  readonly word: string;
  readonly message: unknown;
  readonly details: object;
}

function readEntry(key: string, entry: unknown): IndicatorEntry | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { status: word, message, ...details } = entry as Record<string, unknown>;
  const status =
    typeof word === 'string' && Object.hasOwn(STATUS_OF_WORD, word)
      ? STATUS_OF_WORD[word]
      : undefined;
  return status && { key, status, word: word as string, message, details };
}

/** A bad entry always says something. */
function entryText({ key, status, word, message }: IndicatorEntry, prefix: string): string {
  const text = messageText(message ?? '');
  if (text !== '') return prefix + text;
  return status === HealthStatus.HEALTHY ? '' : `${key} is ${word}`;
}

/** A message that is no text is shown as what it is. */
function messageText(message: unknown): string {
  if (typeof message === 'string') return message;
  return message instanceof Error ? errorText(message) : showValue(message);
}

function notAnOutcome(returned: unknown): ReadOutcome {
  return outcome(
    HealthStatus.UNHEALTHY,
    `the check returned ${showValue(returned)}, which is no health outcome: return nothing, ` +
      'healthy(), degraded(), unhealthy() or the result of a Terminus indicator',
  );
}

function outcome(status: HealthStatus, message = '', details?: unknown): ReadOutcome {
  return {
    status,
    message: message && shorten(redactText(message), MAX_MESSAGE),
    details: details === undefined ? NO_DETAILS : detailsOf(details),
  };
}

function detailsOf(given: unknown): ReadOutcome['details'] {
  const plain = toPlainJson(given);
  const record = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  return deepFreeze(record ? (plain as Record<string, unknown>) : { value: plain });
}

/** All who ask at the same time get the same result. */
function deepFreeze<T>(plain: T): T {
  if (typeof plain === 'object' && plain !== null)
    Object.values(Object.freeze(plain)).forEach(deepFreeze);
  return plain;
}

function isStatus(value: unknown): value is HealthStatus {
  return STATUSES.includes(value);
}
