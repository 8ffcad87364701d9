import type { SentryInitOptions } from '../sentry.types.js';

/** What events tell of the request and the process: the SDK's own default sends cookies and authorization in clear. */
const PRIVATE = {
  userInfo: false,
  cookies: false,
  httpBodies: [] as readonly string[],
  // All or none: version 10 heeds a list of headers to deny in spans, and not in the events of errors.
  httpHeaders: { request: false, response: false },
  databaseQueryData: false,
  stackFrameVariables: false,
  queues: false,
  graphQL: { document: true, variables: false },
  genAI: { inputs: false, outputs: false },
};

interface EventOfRequest {
  readonly request?: { data?: unknown };
  readonly contexts?: { readonly trace?: SpanOfEvent };
  readonly spans?: readonly SpanOfEvent[];
}

interface SpanOfEvent {
  readonly op?: string;
  readonly data?: Record<string, unknown>;
}

/** Attributes that tell who has sent a request. */
const ADDRESSES = ['http.client_ip', 'client.address', 'user.ip_address'];

/** Those that tell it in the span of a server, and elsewhere which server was asked. */
const PEERS = ['net.peer.ip', 'net.sock.peer.addr', 'network.peer.address'];

/** A client of the SDK, as far as events can be changed there. */
export interface EventSource {
  getOptions(): object;
  addEventProcessor(processor: (event: EventOfRequest) => EventOfRequest): void;
}

/** Fills in {@link PRIVATE}. What the application says itself wins, `sendDefaultPii: true` included. */
export function withPrivacy(options: SentryInitOptions): SentryInitOptions {
  const given = options['dataCollection'] as Partial<typeof PRIVATE> | undefined;
  const sendDefaultPii = options['sendDefaultPii'] === true;
  if (sendDefaultPii && given === undefined) return options;
  const dataCollection = {
    ...PRIVATE,
    ...given,
    httpHeaders: over(PRIVATE.httpHeaders, given?.httpHeaders),
    graphQL: over(PRIVATE.graphQL, given?.graphQL),
    genAI: over(PRIVATE.genAI, given?.genAI),
  };
  return { ...options, sendDefaultPii, dataCollection };
}

/**
 * Takes out of events what version 10 puts there whatever `dataCollection` says, unless it is asked for: the request's
 * body, and the address of who has sent it.
 */
export function keepOut(client: EventSource): void {
  client.addEventProcessor((event) => {
    // Asked at each event: an application that takes over a client started early has options of its own.
    const { dataCollection } = client.getOptions() as { dataCollection?: Partial<typeof PRIVATE> };
    if (dataCollection === undefined) return event;
    const { httpBodies, userInfo } = dataCollection;
    const { request, contexts, spans = [] } = event;
    if (request !== undefined && !httpBodies?.includes('incomingRequest')) delete request.data;
    if (userInfo !== true) for (const span of [contexts?.trace, ...spans]) dropAddresses(span);
    return event;
  });
}

function dropAddresses(span: SpanOfEvent | undefined): void {
  if (span?.data === undefined) return;
  const keys = span.op === 'http.server' ? [...ADDRESSES, ...PEERS] : ADDRESSES;
  for (const key of keys) delete span.data[key];
}

function over(ours: object, theirs: unknown): unknown {
  return typeof theirs === 'object' ? { ...ours, ...theirs } : (theirs ?? ours);
}
