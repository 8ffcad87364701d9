import type { IncomingMessage } from 'node:http';
import type { HealthRegistry } from '../health/health.registry.js';
import { HealthStatus, type HealthProbe, type HealthReport } from '../health/health.types.js';
import type { MetricsRegistry } from '../metrics/metrics.registry.js';
import { prefersHtml } from './accept.js';
import {
  healthAnswer,
  liveAnswer,
  pageAnswer,
  readyAnswer,
  toolsAnswer,
  type Answer,
} from './answers.js';
import { Crowd } from './crowd.js';
import { healthOnWire } from './health-body.js';
import { PAGE_CSP, statusPage } from './page/status-page.js';
import type { RequestPredicate } from './request-predicate.js';
import { Scrapes } from './scrapes.js';

/** What the routes need to know beside the registries. */
export interface ControllerSettings {
  readonly statusCodes: Readonly<Record<HealthStatus, number>>;
  readonly showsDetails: RequestPredicate;
  /** Whether a browser gets a page instead of JSON. */
  readonly page: boolean;
  readonly tools: Readonly<Record<string, string | null>>;
  /** Whether whoever asks for the page would get an answer of the route `tools`. */
  readonly showsTools: RequestPredicate;
}

/** Whom an answer of `/health` is for; all of the same kind share one. */
interface Reader {
  readonly page: boolean;
  readonly details: boolean;
  readonly tools: boolean;
}

/** The five routes. It fetches what each is about; what is said of it is in `answers.ts`. */
export class ObservabilityController {
  readonly #readers = new Map<string, Crowd<Answer>>();
  readonly #ready = new Crowd<Answer>();
  readonly #scrapes: Scrapes;

  constructor(
    private readonly checks: HealthRegistry,
    registry: MetricsRegistry,
    private readonly settings: ControllerSettings,
  ) {
    this.#scrapes = new Scrapes(registry);
  }

  /** `GET /health` */
  health(request: IncomingMessage): Promise<Answer> {
    const reader = this.#readerOf(request);
    return this.#crowdOf(reader).ask(() => this.#healthFor(reader));
  }

  /** `GET /health/live`; it waits for no crowd, so that it is answered before a kubelet gives up. */
  live(): Answer | Promise<Answer> {
    const nothingToAsk = this.checks.readiness.isStarting || !this.checks.hasCheckFor('liveness');
    if (nothingToAsk) return liveAnswer(true);
    return this.checks.run('liveness').then(({ status }) => liveAnswer(isWell(status)));
  }

  /** `GET /health/ready` */
  ready(): Answer | Promise<Answer> {
    if (this.checks.readiness.isStopping) return this.#noMoreTraffic();
    return this.#ready.ask(async () => {
      const { status } = await this.#report('readiness');
      return readyAnswer(this.#isReady(status), status);
    });
  }

  /** `GET /metrics` */
  metrics(request: IncomingMessage): Promise<Answer> {
    return this.#scrapes.answer(request);
  }

  /** `GET /health/tools` */
  tools(): Answer {
    return toolsAnswer(this.settings.tools);
  }

  /** Known at once, whatever the checks say; a slow one must not keep a load balancer waiting for it. */
  #noMoreTraffic(): Answer {
    void this.checks.run('readiness');
    return readyAnswer(false, this.checks.report('readiness').status);
  }

  #readerOf(request: IncomingMessage): Reader {
    const { showsDetails, showsTools } = this.settings;
    const page = this.settings.page && prefersHtml(request.headers.accept);
    return { page, details: showsDetails(request), tools: page && showsTools(request) };
  }

  #crowdOf({ page, details, tools }: Reader): Crowd<Answer> {
    const kind = `${page} ${details} ${tools}`;
    const crowd = this.#readers.get(kind) ?? new Crowd<Answer>();
    this.#readers.set(kind, crowd);
    return crowd;
  }

  async #healthFor(reader: Reader): Promise<Answer> {
    const { statusCodes } = this.settings;
    const report = await this.#report();
    if (!reader.page) {
      return healthAnswer(report, statusCodes, reader.details, this.settings.page);
    }
    // All checks have just been asked: what the probes would say is known.
    const live = this.checks.readiness.isStarting || isWell(this.checks.report('liveness').status);
    const page = statusPage({
      health: healthOnWire(report, reader.details),
      history: (check) => (this.checks.has(check) ? this.checks.history(check) : undefined),
      showsDetails: reader.details,
      live: live ? 'alive' : 'dead',
      ready: this.#isReady(this.checks.report('readiness').status) ? 'ready' : 'not_ready',
      tools: reader.tools ? configured(this.settings.tools) : {},
    });
    return pageAnswer(statusCodes[report.status], page, PAGE_CSP);
  }

  #isReady(status: HealthStatus): boolean {
    return this.checks.readiness.ready && isWell(status);
  }

  /** Before bootstrap is done no check is run, as what it looks at may not be there yet; and nothing is known to be well. */
  async #report(probe?: HealthProbe): Promise<HealthReport> {
    return this.checks.readiness.isStarting
      ? { ...this.checks.report(probe), status: HealthStatus.UNHEALTHY }
      : this.checks.run(probe);
  }
}

/** Well enough for a probe. */
function isWell(status: HealthStatus): boolean {
  return status !== HealthStatus.UNHEALTHY;
}

function configured(tools: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tools).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
