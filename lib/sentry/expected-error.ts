import type { CaptureHttpStatus } from './sentry.types.js';

const INTERNAL_SERVER_ERROR = 500;

/** How deep a class may be below the one that is looked for: a Proxy may go on for ever. */
const MAX_ANCESTORS = 100;

/** What errors of HTTP may have; any of it may be missing, of another type, or throw when it is read. */
interface HttpErrorLike {
  readonly getStatus?: unknown;
  readonly getResponse?: unknown;
  readonly statusCode?: unknown;
  readonly status?: unknown;
  readonly expose?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** Captures what has this status or one above. */
export function fromStatus(least: number): CaptureHttpStatus {
  return (status) => status >= least;
}

/** Captures what is the fault of the server. */
export const serverErrors: CaptureHttpStatus = fromStatus(INTERNAL_SERVER_ERROR);

/**
 * The HTTP status that an error stands for: that of an `HttpException` and of what NestJS answers like one, the errors
 * of Fastify and of the package `http-errors`. All others are 500, whatever status they tell of: that may be an answer
 * that somebody else gave. Never throws.
 */
export function httpStatusOf(error: unknown): number {
  try {
    if (!isObject(error)) return INTERNAL_SERVER_ERROR;
    const status: unknown = isHttpException(error) ? error.getStatus() : statusAnswered(error);
    return Number.isInteger(status) ? (status as number) : INTERNAL_SERVER_ERROR;
  } catch {
    return INTERNAL_SERVER_ERROR;
  }
}

/**
 * Whether an error is the answer to a message: an `RpcException` or a `WsException`. They are known by their name, as
 * their packages may be absent. Never throws.
 */
export function isMessageException(error: unknown): boolean {
  try {
    if (!isObject(error) || typeof Reflect.get(error, 'getError') !== 'function') return false;
    return classNamesOf(error).some((name) => name === 'RpcException' || name === 'WsException');
  } catch {
    return false;
  }
}

/** The names of an object's class and of those that it extends. @throws what a Proxy throws. */
export function classNamesOf(value: object): string[] {
  const names: string[] = [];
  let prototype = Object.getPrototypeOf(value) as object | null;
  for (let depth = 0; prototype !== null && depth < MAX_ANCESTORS; depth += 1) {
    const { constructor } = prototype;
    if (typeof constructor === 'function') names.push(constructor.name);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return names;
}

/** Not by its class: there may be more than one copy of that in a process. */
function isHttpException(error: HttpErrorLike): error is { getStatus(): unknown } {
  return typeof error.getStatus === 'function' && typeof error.getResponse === 'function';
}

/** The status that NestJS answers an error with that is none of its own, or `undefined`. */
function statusAnswered(error: HttpErrorLike): unknown {
  const { statusCode } = error;
  if (typeof statusCode !== 'number') return undefined;
  const isAnswered =
    isOfFastify(error) ||
    (error instanceof Error ? isOfHttpErrors(error) : isPlainHttpError(error));
  return isAnswered ? statusCode : undefined;
}

function isOfFastify(error: HttpErrorLike): boolean {
  if (typeof error.code !== 'string') return false;
  return error.code === 'FST_ERR_VALIDATION' || error.constructor?.name === 'FastifyError';
}

function isOfHttpErrors(error: HttpErrorLike): boolean {
  return typeof error.expose === 'boolean' && error.status === error.statusCode;
}

function isPlainHttpError({ statusCode, message }: HttpErrorLike): boolean {
  const status = Number(statusCode);
  return status >= 400 && status < 600 && typeof message === 'string' && message !== '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
