import { pathOfTarget } from '../../endpoints/route-path.js';

/** What the SDK knows of a trace that begins, as far as it matters here. */
export interface TraceStart {
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** The rate by which whoever called has decided, or else this one. */
  inheritOrSampleWith?(rate: number): number;
}

/** Says which share of traces like one that begins is kept. */
export type TracesSampler = (start: TraceStart) => unknown;

/** The SDK reads these of its client's options each time a trace begins. */
interface TracesOptions {
  tracesSampleRate?: unknown;
  tracesSampler?: unknown;
}

/** What stands before the sampler of an application. */
interface Quiet {
  readonly paths: Set<readonly string[]>;
  readonly theirs: unknown;
}

const QUIET = Symbol('what makes no traces');

interface QuietSampler extends TracesSampler {
  readonly [QUIET]: Quiet;
}

/** Where versions 10 and 11 put the target of a request. */
const TARGETS = ['url.path', 'http.target', 'url.full', 'http.url'] as const;

/** What is missing where Sentry starts together with the application. */
export const TRACES_ARE_LATE: string =
  'Sentry has started after NestJS was loaded: traces show requests, but not what NestJS and databases do in them. ' +
  'For that, set SENTRY_TRACES_SAMPLE_RATE and start with: node --import nestjs-observability/instrument. ' +
  'Errors are captured all the same';

/** Whether traces are asked for. A rate of 0 asks for them too: those that a caller has begun are carried on. */
export function asksForTraces(options: object): boolean {
  const { tracesSampleRate, tracesSampler } = options as TracesOptions;
  return (tracesSampleRate ?? undefined) !== undefined || typeof tracesSampler === 'function';
}

/**
 * Keeps requests for some paths out of the traces of a client: probes are many, and nobody looks at them. Any other trace
 * is decided on as the client's own options say. Where no traces are asked for, nothing changes.
 *
 * @param paths in the form of `canonicalPath`.
 * @returns what takes it back.
 */
export function silencePaths(
  client: { getOptions(): object },
  paths: readonly string[],
): () => void {
  const options = client.getOptions() as TracesOptions;
  if (!asksForTraces(options)) return () => {};
  const current = options.tracesSampler;
  const sampler = isQuiet(current) ? current : quietSampler(options);
  options.tracesSampler = sampler;
  const quiet = sampler[QUIET];
  // A list of its own, as two applications may have the same.
  const own = [...paths];
  quiet.paths.add(own);
  return () => {
    quiet.paths.delete(own);
    const isLast = quiet.paths.size === 0 && options.tracesSampler === sampler;
    if (isLast) options.tracesSampler = quiet.theirs;
  };
}

/** Whether what instruments modules while they load has begun its work; the SDK leaves a sign of it. */
export function instrumentsModules(signs: object = globalThis): boolean {
  try {
    const { _sentryEsmLoaderHookRegistered: ofVersion10, __SENTRY_ORCHESTRION__: ofVersion11 } =
      signs as {
        _sentryEsmLoaderHookRegistered?: unknown;
        __SENTRY_ORCHESTRION__?: { runtime?: unknown; bundler?: unknown };
      };
    return Boolean(ofVersion10 ?? ofVersion11?.runtime ?? ofVersion11?.bundler);
  } catch {
    return false;
  }
}

function isQuiet(sampler: unknown): sampler is QuietSampler {
  return typeof sampler === 'function' && QUIET in sampler;
}

function quietSampler({ tracesSampler: theirs, tracesSampleRate }: TracesOptions): QuietSampler {
  const quiet: Quiet = { paths: new Set(), theirs };
  const rate = tracesSampleRate as number;
  const sampler: TracesSampler = (start) => {
    const path = pathOf(start);
    if (path !== undefined && [...quiet.paths].some((paths) => paths.includes(path))) return 0;
    try {
      if (typeof theirs === 'function') return (theirs as TracesSampler)(start);
    } catch {
      // The SDK calls it unguarded, and the process would end. Without a rate of its own it keeps no trace.
      return rate ?? 0;
    }
    return start.inheritOrSampleWith?.(rate) ?? rate;
  };
  return Object.assign(sampler, { [QUIET]: quiet });
}

/** The path of a request to this process. One that it makes itself has a path too, which is another server's. */
function pathOf({ attributes = {} }: TraceStart): string | undefined {
  if (attributes['sentry.op'] !== 'http.server') return undefined;
  const target = TARGETS.map((name) => attributes[name]).find((value) => typeof value === 'string');
  return typeof target === 'string' ? pathOfTarget(target) : undefined;
}
