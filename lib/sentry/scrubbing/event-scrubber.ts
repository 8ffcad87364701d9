import { secretsOf } from './known-secrets.js';
import { EventMask } from './event-mask.js';

/** Told of an event that could not be scrubbed, and so is not sent. */
export type DroppedListener = (event: object, hint: object) => void;

/** A client of the Sentry SDK, as far as what it sends can be changed there. */
export interface ScrubbedClient {
  getOptions(): { readonly [option: string]: unknown };
  on(hook: string, callback: (item: never, hint: never) => void): unknown;
}

/** Who is told of dropped events; kept on the client, so that it is scrubbed once for all its applications. */
const LISTENERS = Symbol.for('nestjs-observability:scrubber');

interface ListenedClient extends ScrubbedClient {
  [LISTENERS]?: Set<DroppedListener>;
}

/** The SDK's mark of an error by which an event is left unsent without a word. */
const DO_NOT_SEND = Symbol.for('SentryDoNotSendEventError');

/**
 * Masks the secrets in everything that a client sends, after the event processors of the SDK and of the application and
 * before its `beforeSend`. What cannot be scrubbed is not sent.
 *
 * Several applications may call it for one client.
 *
 * @returns an undo that takes the listener away; the client stays scrubbed.
 */
export function attachScrubber(client: ListenedClient, dropped: DroppedListener): () => void {
  const listeners = (client[LISTENERS] ??= scrub(client));
  listeners.add(dropped);
  return () => void listeners.delete(dropped);
}

function scrub(client: ScrubbedClient): Set<DroppedListener> {
  const listeners = new Set<DroppedListener>();
  const mask = new EventMask(secretsOf(process.env, client.getOptions()['dsn']));
  // Without a stack, which would hold on to the whole application for as long as the client is held.
  const unsent = Object.assign(Object.create(Error.prototype) as Error, {
    message: 'The event could not be scrubbed, so it is not sent',
    [DO_NOT_SEND]: true,
  });
  // Not an event processor: those of scopes run later, and errors of the SDK itself pass them by.
  client.on('postprocessEvent', (event: Record<string, unknown>, hint: object) => {
    try {
      mask.event(event);
    } catch {
      for (const listener of listeners) tell(listener, event, hint);
      throw unsent;
    }
  });
  maskEach(client, 'processSpan', ['name', 'attributes', 'links'], (span, names) => {
    mask.fields(span, names);
  });
  maskEach(client, 'processMetric', ['name', 'attributes'], (metric, names) => {
    mask.fields(metric, names);
  });
  maskEach(client, 'beforeCaptureLog', ['message', 'attributes'], (log) => {
    mask.log(log);
  });
  return listeners;
}

/** Spans, metrics and logs cannot be dropped where they are masked, so they lose what could not be read. */
function maskEach(
  client: ScrubbedClient,
  hook: string,
  fields: readonly string[],
  mask: (item: Record<string, unknown>, fields: readonly string[]) => void,
): void {
  client.on(hook, (item: Record<string, unknown>) => {
    try {
      mask(item, fields);
    } catch {
      for (const field of fields) item[field] = field === 'attributes' ? {} : undefined;
    }
  });
}

function tell(listener: DroppedListener, event: object, hint: object): void {
  try {
    listener(event, hint);
  } catch {
    // Whoever counts must not decide what is sent.
  }
}
