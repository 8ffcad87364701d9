import type { SentryInitOptions } from './sentry.types.js';

/** What events tell of the request and the process: the SDK's own default sends cookies and authorization in clear. */
const PRIVATE = {
  userInfo: false,
  cookies: false,
  httpBodies: [] as readonly string[],
  // All or none: version 10 heeds a list of headers to deny in spans, and not in the events of errors.
  httpHeaders: { request: false, response: false },
  databaseQueryData: false,
  stackFrameVariables: false,
  genAI: { inputs: false, outputs: false },
};

interface EventOfRequest {
  readonly request?: { data?: unknown };
}

/** A client of the SDK, as far as events can be changed there. */
export interface EventSource {
  addEventProcessor(processor: (event: EventOfRequest) => EventOfRequest): void;
}

/** Fills in {@link PRIVATE}. What the application says itself wins, `sendDefaultPii: true` included. */
export function withPrivacy(options: SentryInitOptions): SentryInitOptions {
  const given = options['dataCollection'] as Partial<typeof PRIVATE> | undefined;
  if (options['sendDefaultPii'] === true && given === undefined) return options;
  const dataCollection = {
    ...PRIVATE,
    ...given,
    httpHeaders: over(PRIVATE.httpHeaders, given?.httpHeaders),
    genAI: over(PRIVATE.genAI, given?.genAI),
  };
  return { ...options, dataCollection };
}

/** Takes the request's body out of events, unless it is asked for: version 10 puts it in whatever `httpBodies` says. */
export function keepBodiesOut(client: EventSource, options: SentryInitOptions): void {
  const { dataCollection } = options as { dataCollection?: Partial<typeof PRIVATE> };
  if (dataCollection === undefined || dataCollection.httpBodies?.includes('incomingRequest'))
    return;
  client.addEventProcessor((event) => {
    if (event.request !== undefined) delete event.request.data;
    return event;
  });
}

function over(ours: object, theirs: unknown): unknown {
  return typeof theirs === 'object' ? { ...ours, ...theirs } : (theirs ?? ours);
}
