import { Inject, Optional } from '@nestjs/common';
import { assertDecoratedMethod, memberName } from '../../decorated-method.js';
import type { Method } from '../../followed-call.js';
import { showValue } from '../../show-value.js';
import { severity } from '../capture-input.js';
import { addCapturingMethod, CapturingMethods, hasCapturingMethod } from './capturing-methods.js';
import type { SentryCaptureContext, SentryLevel } from '../sentry.types.js';
import { watchable } from '../watched-method.js';

/** Accepts only methods, and leaves their type as it is. */
export type CaptureErrorsDecorator = <Method extends (...args: never[]) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What `@CaptureErrors` may be told. */
export interface CaptureErrorsOptions {
  /** Tags of the events, beside those of the scope. @default {} */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The level of the events. @default 'error' */
  readonly level?: SentryLevel | undefined;
}

const ACCEPTED: readonly string[] = ['tags', 'level'];
const LEVELS = "'fatal', 'error', 'warning', 'warn', 'log', 'info', 'debug'";
const INJECTED = Symbol('CapturingMethods');

/**
 * Captures with the application's `SentryService` what a method throws, what its promise rejects with and what its
 * observable fails with. For methods that run outside of requests and of the handlers that the module watches itself.
 *
 * The error goes on as it was, so the event says that it was not handled. An error that is captured elsewhere too, by
 * another decorated method, a job or a request, is one event; a thrown string or `undefined` has no identity, and is
 * one event for each. What the method takes, returns and throws, its name and what other decorators say of it stay as
 * they are. Outside of a request, a job or a message each call is a piece of work of its own: what it tells Sentry of a
 * user or a tag is on no other event. On an instance that NestJS has not made, the method just runs; what an iterator throws is not captured.
 *
 * @throws TypeError at once when an option is not what it must be, or what is decorated is not a method.
 * @example
 * @CaptureErrors({ tags: { queue: 'mail' } })
 * async consume(message: Message) { … }
 */
export function CaptureErrors(options: CaptureErrorsOptions = {}): CaptureErrorsDecorator {
  const subject = '@CaptureErrors()';
  assertOptions(subject, options);
  const { tags, level } = options;
  const given: SentryCaptureContext = { level, tags: { ...tags }, handled: false };

  return (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    assertDecoratedMethod(subject, target, key, descriptor);
    const name = memberName(target, key);
    if (hasCapturingMethod(target, key)) {
      throw new TypeError(`${subject} is on ${name} twice: put it there once.`);
    }
    // What stands there is a method: that has been checked.
    const decorated = descriptor as PropertyDescriptor;
    const method = watchable(decorated.value as Method);
    if (addCapturingMethod(target, { key, method, context: given })) injectInto(target);
    decorated.value = method;
  };
}

function assertOptions(subject: string, options: unknown): void {
  const refuse = (what: string, value: unknown, rule: string): never => {
    throw new TypeError(`${subject}: ${what} is ${showValue(value)}; accepted is ${rule}.`);
  };
  if (!isRecord(options)) return refuse('options', options, 'an object');
  const unknown = Object.keys(options).find((option) => !ACCEPTED.includes(option));
  if (unknown !== undefined) refuse('an option', unknown, `one of ${ACCEPTED.join(', ')}`);
  const { tags = {}, level } = options;
  if (level !== undefined && severity(level) === undefined) {
    refuse('level', level, `one of ${LEVELS}`);
  }
  if (!isRecord(tags)) return refuse('tags', tags, 'an object of tag names and their values');
  for (const [name, value] of Object.entries(tags)) {
    if (typeof value !== 'string' || value === '') {
      refuse(`tag ${name}`, value, 'a text that is not empty');
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Has NestJS hand each instance of a class, once it has made it, to what captures errors in its application.
 *
 * An accessor takes it instead of a property, as an instance may be frozen.
 */
function injectInto(prototype: object): void {
  Object.defineProperty(prototype, INJECTED, {
    configurable: true,
    set(this: object, methods: CapturingMethods) {
      methods.add(this);
    },
  });
  Inject(CapturingMethods)(prototype, INJECTED);
  Optional()(prototype, INJECTED);
}
