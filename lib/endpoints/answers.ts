import { HealthStatus, type HealthReport } from '../health/health.types.js';
import { CONTENT_TYPES } from '../metrics/content-types.js';
import type { ExpositionFormat } from '../metrics/metrics.types.js';
import { healthBody } from './health-body.js';

/** What a route says. Made once for all who get it, headers and all. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number>>;
  /** In parts where it may be long; all who get the answer share them. */
  readonly body: string | readonly Uint8Array[];
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Who asks for HTML gets something else. */
const BY_ACCEPT = { Vary: 'Accept' };

const ALIVE: Answer = json(200, { status: 'alive' });
const DEAD: Answer = json(503, { status: 'dead' });

/** `GET /health`: all results; whoever may not see details sees no messages either. */
export function healthAnswer(
  report: HealthReport,
  statusCodes: Readonly<Record<HealthStatus, number>>,
  showDetails: boolean,
  hasPage: boolean,
): Answer {
  const body = healthBody(report, showDetails);
  return answer(statusCodes[report.status], JSON_TYPE, body, hasPage ? BY_ACCEPT : {});
}

/** `GET /health` as a page for people. */
export function pageAnswer(statusCode: number, page: string, policy: string): Answer {
  return answer(statusCode, 'text/html; charset=utf-8', page, {
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'no-referrer',
    ...BY_ACCEPT,
  });
}

/** `GET /health/live`. */
export function liveAnswer(alive: boolean): Answer {
  return alive ? ALIVE : DEAD;
}

/** `GET /health/ready`. */
export function readyAnswer(ready: boolean, health: HealthStatus): Answer {
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', health });
}

/** `GET /metrics`, as it goes on the wire. */
export function metricsAnswer(
  format: ExpositionFormat,
  body: readonly Uint8Array[],
  encoding?: 'gzip',
): Answer {
  return answer(200, CONTENT_TYPES[format], body, {
    ...(encoding && { 'Content-Encoding': encoding }),
    Vary: 'Accept, Accept-Encoding',
  });
}

/** `GET /health/tools`. */
export function toolsAnswer(tools: Readonly<Record<string, string | null>>): Answer {
  return json(200, tools);
}

/** Anything that goes wrong on the way to an answer; it says nothing of what is behind. */
export function failureAnswer(): Answer {
  return json(500, { status: 'error' });
}

/** A path that no route has. */
export function notFoundAnswer(): Answer {
  return json(404, { status: 'not_found' });
}

/** A method other than GET and HEAD. */
export function methodNotAllowedAnswer(): Answer {
  return json(405, { status: 'method_not_allowed' }, { Allow: 'GET, HEAD' });
}

/** No token, or a wrong one. */
export function unauthorizedAnswer(): Answer {
  return json(401, { status: 'unauthorized' }, { 'WWW-Authenticate': 'Bearer' });
}

/** Not for whoever asks. */
export function forbiddenAnswer(): Answer {
  return json(403, { status: 'forbidden' });
}

function json(statusCode: number, body: object, headers?: Answer['headers']): Answer {
  return answer(statusCode, JSON_TYPE, JSON.stringify(body), headers);
}

function answer(
  statusCode: number,
  contentType: string,
  body: Answer['body'],
  headers?: Answer['headers'],
): Answer {
  return {
    statusCode,
    headers: {
      'Content-Type': contentType,
      'Content-Length': lengthOf(body),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      ...headers,
    },
    body,
  };
}

function lengthOf(body: Answer['body']): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body.reduce((length, part) => length + part.byteLength, 0);
}
