import { METHODS, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock, type Clock } from '../clock.js';
import { endpointOf } from '../endpoints/endpoint.js';
import type { Exchange, ExchangeMeter, RequestsInFlight } from '../endpoints/requests-in-flight.js';
import type { Faults } from '../faults.js';
import type { MetricsRegistry } from '../metrics/metrics.registry.js';
import type {
  Counter,
  CounterChild,
  Gauge,
  Histogram,
  HistogramChild,
  HttpMetricsSettings,
} from '../metrics/metrics.types.js';
import { noopMetric } from '../metrics/noop-metric.js';

/** The status of a request that went away before its answer was complete; that of nginx. */
const ABORTED = 499;

/** The label value of what HTTP does not know, so that nobody can make up more of them. */
const OTHER = 'OTHER';

/** After so many series all are looked up anew: an application whose routes are that many makes them as it runs. */
const MAX_KEPT = 10_000;

const LABELS = ['method', 'endpoint', 'status'] as const;
type Label = (typeof LABELS)[number];

interface Metrics {
  readonly requests: Counter<Label>;
  readonly durations: Histogram<Label>;
}

/** The series of one endpoint, method and status. */
interface Recorder {
  readonly requests: CounterChild;
  readonly durations: HistogramChild;
}

/** What an answer of HTTP/2 has beside what all have. */
interface Http2Response extends ServerResponse {
  readonly stream?: { readonly rstCode?: unknown } | null;
}

/** Where excluded requests go. */
const NOT_MEASURED: Metrics = { requests: noopMetric(), durations: noopMetric() };

/** Exports what the HTTP server of the application is asked for, and what it answers. */
export class HttpMetrics implements ExchangeMeter {
  #metrics: Metrics | undefined;
  #isOwn: (endpoint: string) => boolean = () => false;
  readonly #recorders = new Map<string, Map<string, Map<number, Recorder>>>();
  #kept = 0;

  /** @param settings `undefined`: HTTP is not measured. */
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly settings: HttpMetricsSettings | undefined,
    private readonly inFlight: RequestsInFlight,
    private readonly faults: Faults,
    private readonly clock: Clock = systemClock,
  ) {
    if (metrics.enabled && settings !== undefined) inFlight.measure(this);
  }

  /**
   * Makes the metrics; what has ended before is not counted.
   *
   * @param isOwn tells the endpoints of the module, which are not measured.
   */
  create(isOwn: (endpoint: string) => boolean): void {
    const { metrics, settings } = this;
    if (!metrics.enabled || settings === undefined) return;
    this.#isOwn = isOwn;
    const requests: Counter<Label> = metrics.exported('counter', {
      name: 'http_requests_total',
      help: 'Requests that have been answered, or have gone away (status 499), by the pattern of their route.',
      labelNames: LABELS,
    });
    const durations: Histogram<Label> = metrics.exported('histogram', {
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer in seconds, by the pattern of its route.',
      labelNames: LABELS,
      buckets: settings.buckets,
    });
    this.#metrics = { requests, durations };
    const inFlight: Gauge = metrics.exported('gauge', {
      name: 'http_requests_in_flight',
      help: 'Requests that have not been answered to the end.',
      collect: () => inFlight.set(this.#countInFlight()),
    });
  }

  /** A request has come. */
  begun(): Exchange {
    return { startMs: this.clock.nowMs(), endpoint: undefined, isSent: false };
  }

  /** It has been answered to the end, or has gone away. */
  ended(response: ServerResponse, exchange: Exchange): void {
    if (this.#metrics === undefined) return;
    try {
      const { method = '' } = response.req;
      const status = isComplete(response, exchange) ? response.statusCode : ABORTED;
      const endpoint = endpointOf(response, exchange);
      const recorder =
        this.#recorders.get(endpoint)?.get(method)?.get(status) ??
        this.#newRecorder(this.#metrics, endpoint, method, status);
      recorder.requests.inc();
      recorder.durations.observe((this.clock.nowMs() - exchange.startMs) / 1_000);
    } catch {
      this.faults.count('http_metrics');
    }
  }

  #newRecorder(metrics: Metrics, endpoint: string, asked: string, status: number): Recorder {
    const method = METHODS.includes(asked) ? asked : OTHER;
    const isStatus = Number.isInteger(status) && status >= 100 && status <= 999;
    const labels = { method, endpoint, status: isStatus ? String(status) : OTHER };
    const { requests, durations } = this.#isExcluded(endpoint) ? NOT_MEASURED : metrics;
    const recorder = { requests: requests.labels(labels), durations: durations.labels(labels) };
    // Others are so rare that they need not be kept, and so many that they must not be.
    if (method === asked && isStatus) this.#keep(recorder, endpoint, method, status);
    return recorder;
  }

  #keep(recorder: Recorder, endpoint: string, method: string, status: number): void {
    if (this.#kept >= MAX_KEPT) {
      this.#recorders.clear();
      this.#kept = 0;
    }
    const byMethod = this.#recorders.get(endpoint) ?? new Map<string, Map<number, Recorder>>();
    const byStatus = byMethod.get(method) ?? new Map<number, Recorder>();
    this.#recorders.set(endpoint, byMethod.set(method, byStatus.set(status, recorder)));
    this.#kept += 1;
  }

  #isExcluded(endpoint: string): boolean {
    const isListed = this.settings?.exclude.some((excluded) =>
      // Unlike `test` it begins at the start each time, also with the flags g and y.
      typeof excluded === 'string' ? excluded === endpoint : endpoint.search(excluded) !== -1,
    );
    return isListed === true || this.#isOwn(endpoint);
  }

  #countInFlight(): number {
    let count = 0;
    for (const [response, exchange] of this.inFlight.measured()) {
      if (!this.#isExcluded(endpointOf(response, exchange))) count += 1;
    }
    return count;
  }
}

/** Whether an answer has gone out to its end. Node.js says of one that is cut off that it has finished, too. */
function isComplete(response: Http2Response, { isSent }: Exchange): boolean {
  if (!response.writableEnded || !(isSent || response.writableFinished)) return false;
  // Of HTTP/2 the stream tells: its socket is not told of in the end.
  const { stream } = response;
  if (typeof stream === 'object' && stream !== null) return stream.rstCode === 0;
  // A request that is injected has none.
  const socket = response.req.socket as Socket | undefined;
  return socket?.destroyed !== true;
}
