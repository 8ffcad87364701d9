import { HealthStatus, type HealthReport } from '../health/health.types.js';
import { healthBody } from './health-body.js';

/** What a route says, apart from the headers that all routes have in common. */
export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** `GET /health`: all results; whoever may not see details sees no messages either. */
export function healthAnswer(
  report: HealthReport,
  statusCodes: Readonly<Record<HealthStatus, number>>,
  showDetails: boolean,
): Answer {
  return {
    statusCode: statusCodes[report.status],
    contentType: JSON_TYPE,
    body: healthBody(report, showDetails),
  };
}

/** `GET /health/live`: dead only when a check that opted into liveness is unhealthy. */
export function liveAnswer(report: HealthReport): Answer {
  return report.status === HealthStatus.UNHEALTHY
    ? json(503, { status: 'dead' })
    : json(200, { status: 'alive' });
}

/** `GET /health/ready`: not ready when the checks say so, or when this instance takes no traffic whatever they say. */
export function readyAnswer(report: HealthReport, takesTraffic: boolean): Answer {
  const ready = takesTraffic && report.status !== HealthStatus.UNHEALTHY;
  return json(ready ? 200 : 503, {
    status: ready ? 'ready' : 'not_ready',
    health: report.status,
  });
}

/** `GET /metrics`. */
export function metricsAnswer(exposition: string, contentType: string): Answer {
  return { statusCode: 200, contentType, body: exposition };
}

/** `GET /health/tools`. */
export function toolsAnswer(tools: Readonly<Record<string, string | null>>): Answer {
  return json(200, tools);
}

/** Anything that goes wrong on the way to an answer; it says nothing of what is behind. */
export function failureAnswer(): Answer {
  return json(500, { status: 'error' });
}

/** A method other than GET and HEAD. */
export function methodNotAllowedAnswer(): Answer {
  return json(405, { status: 'method_not_allowed' });
}

function json(statusCode: number, body: object): Answer {
  return {
    statusCode,
    contentType: JSON_TYPE,
    body: JSON.stringify(body),
  };
}
