import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { isObservable, Observable } from 'rxjs';
import { followCall, type CallFollower } from '../../followed-call.js';
import type { SentryService } from '../sentry.service.js';
import type { MethodWatcher, WatchedCall } from '../watched-method.js';

/** What NestJS calls outside of HTTP, named for the decorator. */
export type HandlerKind =
  | 'cron'
  | 'interval'
  | 'timeout'
  | 'on_event'
  | 'message_pattern'
  | 'event_pattern'
  | 'subscribe_message';

/** What the decorators of the optional packages leave on a method, and what it makes of the method. */
const MARKS: readonly (readonly [key: string, kindOf: (value: unknown) => HandlerKind])[] = [
  ['SCHEDULER_TYPE', (type) => (type === 1 ? 'cron' : type === 2 ? 'timeout' : 'interval')],
  ['EVENT_LISTENER_METADATA', () => 'on_event'],
  ['microservices:handler_type', (type) => (type === 1 ? 'message_pattern' : 'event_pattern')],
  ['websockets:message_mapping', () => 'subscribe_message'],
];

/** Whoever sent the message is told of the error; what such a handler returns may be an observable. */
const ANSWERING: readonly HandlerKind[] = ['message_pattern', 'event_pattern', 'subscribe_message'];

/** What a method is called as; empty for one that is no handler. */
export function handlerKindsOf(method: object): HandlerKind[] {
  return MARKS.filter(([key]) => Reflect.hasMetadata(key, method)).map(([key, kindOf]) =>
    kindOf(Reflect.getMetadata(key, method)),
  );
}

/** Knows of errors of one application. */
export interface HandlerErrors {
  /** Whether an error is an answer to whoever sent the message, and no failure. */
  isExpected(error: unknown): boolean;
  /** An error has been captured that NestJS may hand to filters next. */
  handlerCaptured(error: unknown): void;
}

/** A handler, and what becomes of its errors. */
export interface WatchedHandler {
  readonly key: string;
  readonly kinds: readonly HandlerKind[];
  readonly sentry: SentryService;
  readonly errors: HandlerErrors;
  readonly owns: MethodWatcher['owns'];
}

/** Runs something in the isolation of a call that may have returned. */
type Inside = <T>(run: () => T) => T;

/** Makes each call of a handler a piece of work of its own, and captures what it fails with. */
export function watcherOfHandler(handler: WatchedHandler): MethodWatcher {
  const { kinds, sentry, owns } = handler;
  const isAnswering = kinds.some((kind) => ANSWERING.includes(kind));
  return {
    owns,
    around(call: WatchedCall, _args, self) {
      if (!sentry.enabled) return call();
      return sentry.isolate(() => {
        const inside: Inside = AsyncResource.bind((run) => run());
        const follower = capturing(handler, self, isAnswering, inside);
        const result = call(follower);
        return isAnswering ? answerInside(result, follower, inside) : result;
      });
    },
  };
}

function capturing(
  { key, kinds, sentry, errors }: WatchedHandler,
  self: unknown,
  isAnswering: boolean,
  inside: Inside,
): CallFollower {
  return {
    begin: () => 0,
    end(outcome, _begun, error) {
      if (outcome === 'success' || (isAnswering && errors.isExpected(error))) return;
      const transaction = `${classNameOf(self)}.${key}`;
      const tags = { handler: kinds.join(', ') };
      inside(() => sentry.captureException(error, { handled: false, transaction, tags }));
      if (isAnswering) errors.handlerCaptured(error);
    },
  };
}

/** NestJS subscribes to what a handler has returned, or to what its promise has come to, when the call is over. */
function answerInside(result: unknown, follower: CallFollower, inside: Inside): unknown {
  if (!types.isPromise(result)) return streamInside(result, inside);
  return Promise.prototype.then.call(result, (value: unknown) =>
    isObservable(value)
      ? streamInside(
          followCall(() => value, undefined, [], false, follower),
          inside,
        )
      : value,
  );
}

/** Of another class than this it is not followed, and may be more than an observable. */
function streamInside(result: unknown, inside: Inside): unknown {
  if (!(result instanceof Observable) || result.constructor !== Observable) return result;
  return new Observable((subscriber) => inside(() => result.subscribe(subscriber)));
}

function classNameOf(instance: unknown): string {
  try {
    const name: unknown = (instance as object).constructor.name;
    return typeof name === 'string' && name !== '' ? name : 'anonymous';
  } catch {
    return 'anonymous';
  }
}
