import { randomUUID } from 'node:crypto';
import { captureHint, transactionOf } from '../capture-input.js';
import type { ScopeData } from '../kept-scope.js';
import type { SentryBreadcrumb, SentryCaptureContext, SentryLevel } from '../sentry.types.js';

/** An error or a message that was captured, and all that was known of it at that moment. */
export interface CapturedEvent {
  readonly eventId: string;
  readonly type: 'error' | 'message';
  /** What was captured; `undefined` for a message. */
  readonly error: unknown;
  /** The message, or what the error says. */
  readonly message: string;
  /** `'warning'` where it was `'warn'`. */
  readonly level: SentryLevel;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly contexts: Readonly<Record<string, object>>;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly breadcrumbs: readonly SentryBreadcrumb[];
  readonly fingerprint: readonly string[] | undefined;
  /** What was being done, where the capture says so. */
  readonly transaction: string | undefined;
  /** `false`: nobody has caught the error. */
  readonly handled: boolean;
}

/** What comes out of {@link captureHint}. */
interface PlainHint {
  readonly captureContext?: Partial<ScopeData> & { readonly extra?: CapturedEvent['extra'] };
  readonly mechanism?: { readonly handled: boolean };
}

/**
 * Puts together what would have been sent.
 *
 * @param known what the scopes know; the later goes before, and the context of the capture before all.
 */
export function capturedEvent(
  subject: Pick<CapturedEvent, 'type' | 'error' | 'message' | 'level'>,
  known: readonly ScopeData[],
  context: SentryCaptureContext | undefined,
): CapturedEvent {
  const { captureContext: own = {}, mechanism } = captureHint(context) as PlainHint;
  const parts: readonly Partial<ScopeData>[] = [...known, own];
  return {
    ...subject,
    eventId: randomUUID().replaceAll('-', ''),
    level: (lastOf(parts, 'level') ?? subject.level) as SentryLevel,
    tags: Object.assign({}, ...parts.map(({ tags }) => tags)) as CapturedEvent['tags'],
    user: Object.assign({}, ...parts.map(({ user }) => user)) as CapturedEvent['user'],
    contexts: Object.assign(
      {},
      ...parts.map(({ contexts }) => contexts),
    ) as CapturedEvent['contexts'],
    extra: own.extra ?? {},
    breadcrumbs: known.flatMap(({ breadcrumbs }) => breadcrumbs as readonly SentryBreadcrumb[]),
    fingerprint: lastOf(parts, 'fingerprint'),
    transaction: transactionOf(context),
    handled: mechanism?.handled ?? true,
  };
}

function lastOf<Key extends 'level' | 'fingerprint'>(
  parts: readonly Partial<ScopeData>[],
  key: Key,
): Partial<ScopeData>[Key] {
  return parts.findLast((part) => part[key] !== undefined)?.[key];
}
