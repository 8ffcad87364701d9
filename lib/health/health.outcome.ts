import { toPlainJson } from '../plain-json.js';
import { redactText } from '../redaction.js';
import { errorText, shorten, showValue } from '../show-value.js';
import { HealthStatus, type HealthOutcome } from './health.types.js';

/** An outcome as the registry keeps it: complete, plain, bounded, without secrets. */
export interface ReadOutcome {
  readonly status: HealthStatus;
  readonly message: string;
  readonly details: Record<string, unknown>;
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

const STATUSES: readonly unknown[] = Object.values(HealthStatus);

const INDICATOR_STATUS: Readonly<Record<string, HealthStatus>> = {
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
  if (!('status' in returned)) return readIndicator(returned);
  const { status } = returned;
  if (isStatus(status)) return readOwn(status, returned);
  // An indicator of Terminus may be called "status": its entry is then an object.
  return typeof status === 'object' ? readIndicator(returned) : notAnOutcome(returned);
}

function readOwn(
  status: HealthStatus,
  returned: { readonly status: unknown; message?: unknown; details?: unknown },
): ReadOutcome {
  const { message, details } = returned;
  return outcome(status, messageText(message ?? ''), details ?? {});
}

function readIndicator(returned: object): ReadOutcome {
  const entries = Object.entries(returned as Record<string, unknown>).map(
    ([key, entry]) => [key, readEntry(key, entry)] as const,
  );
  const [first, ...others] = entries;
  if (first === undefined || entries.some(([, entry]) => entry === undefined))
    return notAnOutcome(returned);
  if (others.length === 0 && first[1] !== undefined) return first[1];

  const parts = entries.flatMap(([key, entry]) => (entry === undefined ? [] : [{ key, ...entry }]));
  const bad = parts.filter((part) => part.status !== HealthStatus.HEALTHY);
  return outcome(
    worst(parts.map((part) => part.status)),
    bad.map((part) => `${part.key}: ${part.message || part.status}`).join('; '),
    Object.fromEntries(parts.map((part) => [part.key, part.details])),
  );
}

function readEntry(key: string, entry: unknown): ReadOutcome | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { status, message, ...details } = entry as Record<string, unknown>;
  if (typeof status !== 'string' || !Object.hasOwn(INDICATOR_STATUS, status)) return undefined;
  const silent = status === 'up' ? '' : `${key} is ${status}`;
  const text = message === undefined ? silent : messageText(message);
  return outcome(INDICATOR_STATUS[status] ?? HealthStatus.UNHEALTHY, text, details);
}

/** A message that is no text is shown as what it is. */
function messageText(message: unknown): string {
  if (typeof message === 'string') return message;
  return message instanceof Error ? errorText(message) : showValue(message);
}

/** The worst of some statuses; `healthy` where there is none. */
export function worst(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes(HealthStatus.UNHEALTHY)) return HealthStatus.UNHEALTHY;
  return statuses.includes(HealthStatus.DEGRADED) ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
}

function notAnOutcome(returned: unknown): ReadOutcome {
  return outcome(
    HealthStatus.UNHEALTHY,
    `the check returned ${showValue(returned)}, which is no health outcome: return nothing, ` +
      'healthy(), degraded(), unhealthy() or the result of a Terminus indicator',
  );
}

function outcome(status: HealthStatus, message = '', details: unknown = {}): ReadOutcome {
  const plain = toPlainJson(details);
  const record = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  return {
    status,
    message: shorten(redactText(message.slice(0, 2 * MAX_MESSAGE)), MAX_MESSAGE),
    details: deepFreeze(record ? (plain as Record<string, unknown>) : { value: plain }),
  };
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
