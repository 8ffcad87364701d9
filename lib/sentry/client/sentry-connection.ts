import { MAX_DELAY_MS, systemClock, within } from '../../clock.js';
import { errorText } from '../../show-value.js';
import type { SafeLogger } from '../../tell.js';
import { DSN_RULE, isDsn } from './dsn.js';
import { KeptScope } from '../kept-scope.js';
import { tellClient } from './outside-requests.js';
import {
  connectClient,
  disconnectClient,
  followClient,
  isLive,
  tracesAreLate,
  type ClientUse,
  type SentryClient,
  type SentrySdk,
} from './sentry-client.js';
import { initialisedVersions, otherCopyProblem } from './sdk-copies.js';
import type { SentryDefaults, SentryInitOptions } from '../sentry.types.js';
import { TRACES_ARE_LATE } from './traces.js';

/** How long is waited for what has not been sent yet. */
export const DEFAULT_FLUSH_MS = 2_000;

/** Sentry while it is on. */
export interface RunningSentry {
  readonly sdk: SentrySdk;
  readonly client: SentryClient;
  /** What the application is told outside of any request, job or message. */
  readonly outside: KeptScope;
}

interface Connected extends RunningSentry {
  readonly forget: () => void;
}

/** One application's use of Sentry, from its start to its end. No call throws. */
export class SentryConnection {
  #connected: Connected | undefined;
  #starting: Promise<boolean> | undefined;

  constructor(
    private readonly defaults: SentryDefaults,
    private readonly loadSdk: () => Promise<unknown>,
    private readonly logger: SafeLogger,
    private readonly use: ClientUse,
  ) {}

  /** `undefined` while it is off. */
  get running(): RunningSentry | undefined {
    try {
      return isLive(this.#connected?.client) ? this.#connected : undefined;
    } catch {
      return undefined;
    }
  }

  /** Switches it on, unless it is on. @returns whether it is on then. */
  async start(options: SentryInitOptions): Promise<boolean> {
    if (this.running !== undefined) return true;
    this.#starting ??= this.#start(options).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Waits until all has been sent. @returns whether it was in time. */
  async flush(timeoutMs: number): Promise<boolean> {
    const client = this.#connected?.client;
    return client === undefined || this.#finish(timeoutMs, (ms) => client.flush(ms));
  }

  /** Switches it off, and waits until all has been sent. @returns whether it was in time. */
  async close(timeoutMs: number): Promise<boolean> {
    const connected = this.#connected;
    this.#connected = undefined;
    if (connected === undefined) return true;
    const isSent = await this.#finish(timeoutMs, (ms) => disconnectClient(connected.client, ms));
    // Not before: what is on its way reads it.
    connected.forget();
    return isSent;
  }

  async #start(options: SentryInitOptions): Promise<boolean> {
    try {
      const wanted = { ...this.defaults, ...given(options) };
      if (!this.#accepts(wanted.dsn)) return false;
      const sdk = (await this.loadSdk()) as SentrySdk | undefined;
      if (sdk === undefined) {
        this.logger.warn(
          'Sentry stays off: a DSN is set, but the package @sentry/nestjs is not installed',
        );
        return false;
      }
      this.#connect(sdk, wanted);
    } catch (error) {
      this.logger.error(`Sentry stays off: ${errorText(error)}`);
    }
    return this.running !== undefined;
  }

  #connect(sdk: SentrySdk, wanted: SentryInitOptions): void {
    const client = connectClient(sdk, wanted);
    if (client === undefined) return;
    // Of a client that the application has closed itself.
    this.#connected?.forget();
    const outside = new KeptScope();
    const ends = [tellClient(client, outside), followClient(client, this.use)];
    const forget = (): void => ends.forEach((end) => end());
    this.#connected = { sdk, client, outside, forget };
    const copies = otherCopyProblem(sdk.SDK_VERSION);
    if (copies !== undefined) this.logger.warn(copies);
    if (tracesAreLate(client)) this.logger.warn(TRACES_ARE_LATE);
  }

  #accepts(dsn: unknown): boolean {
    // A client that the application has initialised itself has a DSN of its own.
    if (dsn === undefined) return initialisedVersions().length > 0;
    if (dsn === null || dsn === '') return false;
    if (typeof dsn === 'string' && isDsn(dsn)) return true;
    this.logger.warn(`Sentry stays off: the DSN is malformed; accepted is ${DSN_RULE}`);
    return false;
  }

  /** The SDK counts its time twice over and does not end at all with a time of 0, so the time is kept here. */
  async #finish(
    timeoutMs: number,
    finish: (timeoutMs: number) => PromiseLike<unknown>,
  ): Promise<boolean> {
    const boundedMs =
      typeof timeoutMs === 'number' && timeoutMs >= 0
        ? Math.min(timeoutMs, MAX_DELAY_MS)
        : DEFAULT_FLUSH_MS;
    try {
      return (await within(systemClock, boundedMs, finish(boundedMs), () => false)) === true;
    } catch (error) {
      this.logger.error(`Sentry could not send: ${errorText(error)}`);
      return false;
    }
  }
}

/** What is `undefined` counts as not given. */
function given(options: SentryInitOptions): SentryInitOptions {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  );
}
