import { watchMethod } from '../watched-method.js';

/** What can become of an error or a message, in the words of the label `outcome` of `sentry_events_total`. */
export const SENTRY_OUTCOMES = ['captured', 'dropped', 'refused'] as const;

/**
 * `'captured'`: handed over to be sent. `'refused'`: handed over, and Sentry has not said that it took it. `'dropped'`:
 * taken out by this package. So what Sentry has taken is captured less refused.
 */
export type SentryOutcome = (typeof SENTRY_OUTCOMES)[number];

/** Counts what becomes of the errors and messages of one application. */
export class EventOutcomes {
  readonly #counts = new Map<SentryOutcome, number>(SENTRY_OUTCOMES.map((outcome) => [outcome, 0]));

  /** Counts one more. */
  count(outcome: SentryOutcome): void {
    this.#counts.set(outcome, this.of(outcome) + 1);
  }

  /** How many there have been. */
  of(outcome: SentryOutcome): number {
    return this.#counts.get(outcome) ?? 0;
  }
}

/** An event of the SDK; those of a type are transactions, feedback and the like. */
interface SdkEvent {
  readonly type?: string | undefined;
}

/** Those who follow a client, on the client itself: applications that share it count no event twice. */
const FOLLOWERS = Symbol.for('nestjs-observability:outcomes of a client');

/** Whose event it is, in the hint that goes with it through the SDK. */
const OWNER = Symbol.for('nestjs-observability:outcomes of an event');

interface FollowedClient {
  [FOLLOWERS]?: Set<EventOutcomes>;
}

interface OwnedHint {
  readonly [OWNER]?: EventOutcomes;
}

/** A client of the SDK, as far as it tells what becomes of events. */
export interface EventsInTransit extends FollowedClient {
  on(hook: 'beforeSendEvent', callback: (event: SdkEvent, hint: object) => void): () => void;
  on(hook: 'afterSendEvent', callback: (event: SdkEvent, answer: unknown) => void): () => void;
}

/** What must be in the hint of what an application captures, so that it counts there. */
export function hintOf(outcomes: EventOutcomes): object {
  return { [OWNER]: outcomes };
}

/**
 * Where an event counts: at the application that has captured it. What nobody has captured by its `SentryService` (an
 * uncaught exception, a call of the SDK) counts at the first application that uses the client, and at no other, so that
 * the sum over all applications of a process is what the process has sent.
 */
export function outcomesOf(client: object, hint: object | undefined): EventOutcomes | undefined {
  const { [FOLLOWERS]: followers = new Set<EventOutcomes>() }: FollowedClient = client;
  const { [OWNER]: owner }: OwnedHint = hint ?? {};
  const [first] = followers;
  return owner ?? first;
}

/** Counts from now on what a client makes of an application's events. @returns what ends it. */
export function followOutcomes(client: EventsInTransit, outcomes: EventOutcomes): () => void {
  const followers = (client[FOLLOWERS] ??= new Set());
  followers.add(outcomes);
  const handedOver = new WeakSet<object>();
  const ends = [
    () => followers.delete(outcomes),
    client.on('beforeSendEvent', (event, hint) => {
      if (event.type !== undefined || outcomesOf(client, hint) !== outcomes) return;
      handedOver.add(event);
      outcomes.count('captured');
    }),
    client.on('afterSendEvent', (event, answer) => {
      if (handedOver.delete(event) && !isTaken(answer)) outcomes.count('refused');
    }),
    followOverflow(client, outcomes),
  ];
  return () => {
    for (const end of ends) end?.();
  };
}

/**
 * With too many events under way the client refuses more before any of its hooks is called, and only notes that for
 * itself; whose event it was is lost.
 */
function followOverflow(
  client: EventsInTransit,
  outcomes: EventOutcomes,
): (() => void) | undefined {
  return watchMethod(client, 'recordDroppedEvent', {
    owns: () => outcomesOf(client, undefined) === outcomes,
    around: (call, [reason, category]) => {
      // Messages have no category of their own: 'unknown'.
      if (reason === 'queue_overflow' && (category === 'error' || category === 'unknown')) {
        outcomes.count('captured');
        outcomes.count('refused');
      }
      return call();
    },
  });
}

/** The answer has no status where the server was not reached, a queue was full, or a rate limit held the event back. */
function isTaken(answer: unknown): boolean {
  const status: unknown = (answer as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' && status >= 200 && status < 300;
}
