import type { INestApplicationContext } from '@nestjs/common';
import { MAX_DELAY_MS, systemClock } from '../clock.js';
import { errorText, showValue } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { NO_WAIT, type DrainTimes } from './draining.js';
import { Shutdown } from './shutdown.js';

/** Options of {@link enableGracefulShutdown}. */
export interface GracefulShutdownOptions {
  /**
   * For how long requests are still answered after readiness has fallen, in milliseconds: as long as it takes load
   * balancers to send no more. Where it is given, 0 too, `app.close()` waits as well: this long, and then for requests
   * in flight. @default 5000
   */
  readonly drainMs?: number | undefined;
  /** The process ends this long after the signal whatever hangs, in milliseconds. @default 30000 */
  readonly forceExitMs?: number | undefined;
}

/** Long enough for most load balancers. */
export const DEFAULT_DRAIN_MS = 5_000;

/** A pod's grace period unless it says otherwise. */
export const DEFAULT_FORCE_EXIT_MS = 30_000;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

type Signal = (typeof SIGNALS)[number];

type SignalListener = (signal: NodeJS.Signals) => void;

/** On our listeners: whether their application closes. So several in one process leave its end to the last of them. */
const OURS = Symbol.for('nestjs-observability graceful shutdown');

/**
 * Ends the application without failed requests when the process gets `SIGTERM` or `SIGINT`; instead of
 * `app.enableShutdownHooks()`.
 *
 * Other listeners of the signal are not waited for, but for those of further applications that call this.
 *
 * At once readiness is 503 and every response closes its connection. For `drainMs` requests are still answered, then
 * those still in flight are waited for, for half the time that is left at most; then the application closes, Sentry
 * sends what it holds, and the process exits with 0, or what `process.exitCode` says. A second signal skips the wait for load balancers, a third that for
 * requests in flight, and Ctrl-C in a terminal has neither. Where the application fails to close, or the process still
 * runs after `forceExitMs`, it exits with 1.
 *
 * @throws TypeError when an option is not what it must be.
 * @throws Error when the application does not import `ObservabilityModule`, or on a second call.
 *
 * @example
 * const app = await NestFactory.create(AppModule);
 * enableGracefulShutdown(app, { drainMs: 10_000 });
 * await app.listen(3000);
 */
export function enableGracefulShutdown(
  app: INestApplicationContext,
  options: GracefulShutdownOptions = {},
): void {
  const { drainMs, forceExitMs } = readOptions(options);
  const shutdown = shutdownOf(app);
  const times = { drainMs, finishMs: (forceExitMs - drainMs) / 2 };
  shutdown.enable(options.drainMs === undefined ? NO_WAIT : times, 'listen' in app);
  listenToSignals(app, shutdown, times, forceExitMs);
}

function listenToSignals(
  app: INestApplicationContext,
  shutdown: Shutdown,
  times: DrainTimes,
  forceExitMs: number,
): void {
  let signalled = false;

  const onSignal: SignalListener = (name) => {
    if (signalled) {
      shutdown.skipWait();
      return;
    }
    signalled = true;
    Object.assign(onSignal, { [OURS]: true });
    const cancelForcedExit = systemClock.after(forceExitMs, () => {
      complain(`Still closing ${forceExitMs} ms after ${name} (forceExitMs): the process exits`);
      process.exit(1);
    });
    closeOn(name as Signal, app, shutdown, times)
      .catch((error: unknown) => {
        complain(`The application could not close: ${errorText(error)}`);
        process.exitCode = 1;
      })
      .finally(() => {
        cancelForcedExit();
        exitUnlessOthersClose(onSignal);
      });
  };

  for (const signal of SIGNALS) process.on(signal, onSignal);
  void shutdown.ended.then(() => {
    if (!signalled) stopListening(onSignal);
  });
}

async function closeOn(
  signal: Signal,
  app: INestApplicationContext,
  shutdown: Shutdown,
  times: DrainTimes,
): Promise<void> {
  const impatient = signal === 'SIGINT' && process.stdin.isTTY;
  const waits = !impatient && shutdown.listens ? times : NO_WAIT;
  shutdown.signalled();
  new SafeLogger().log(
    `${signal}: readiness is off, and requests are answered for ${waits.drainMs} ms more`,
  );
  await shutdown.drain(waits);
  // NestJS may have been told by another way, and NestJS 11 would do it all twice.
  if (shutdown.isClosing) await shutdown.ended;
  else await closeWith(app, signal);
}

function complain(problem: string): void {
  new SafeLogger().error(problem);
}

function exitUnlessOthersClose(own: SignalListener): void {
  const others = SIGNALS.flatMap((signal) => process.listeners(signal)).filter(
    (listener) => listener !== own && Reflect.get(listener, OURS) === true,
  );
  if (others.length === 0) process.exit();
  stopListening(own);
}

function stopListening(listener: SignalListener): void {
  for (const signal of SIGNALS) process.off(signal, listener);
}

/** Hooks are told the signal, as they are by `app.enableShutdownHooks()`. */
function closeWith(app: { close(signal?: string): Promise<void> }, signal: Signal): Promise<void> {
  return app.close(signal);
}

function shutdownOf(app: INestApplicationContext): Shutdown {
  try {
    return app.get(Shutdown, { strict: false });
  } catch (error) {
    throw new Error(
      `enableGracefulShutdown() takes an application that imports ObservabilityModule: ${errorText(error)}`,
      { cause: error },
    );
  }
}

function readOptions(options: GracefulShutdownOptions): { drainMs: number; forceExitMs: number } {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `enableGracefulShutdown(): the options are ${showValue(options)}; accepted is an object`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (name !== 'drainMs' && name !== 'forceExitMs') {
      throw new TypeError(
        `enableGracefulShutdown(): ${name} is not an option; known are drainMs and forceExitMs`,
      );
    }
    if (typeof value !== 'number' || !(value >= 0 && value <= MAX_DELAY_MS)) {
      throw new TypeError(
        `enableGracefulShutdown(): ${name} is ${showValue(value)}; accepted is a number of milliseconds, 0 to ${MAX_DELAY_MS}`,
      );
    }
  }
  const { drainMs = DEFAULT_DRAIN_MS, forceExitMs = DEFAULT_FORCE_EXIT_MS } = options;
  if (forceExitMs <= drainMs) {
    throw new TypeError(
      `enableGracefulShutdown(): forceExitMs is ${forceExitMs}, and drainMs ${drainMs}; accepted is a forceExitMs above drainMs`,
    );
  }
  return { drainMs, forceExitMs };
}
