import type { IncomingMessage } from 'node:http';
import type { HealthRegistry } from '../health/health.registry.js';
import type { HealthStatus } from '../health/health.types.js';
import type { MetricsRegistry } from '../metrics/metrics.registry.js';
import {
  healthAnswer,
  liveAnswer,
  metricsAnswer,
  readyAnswer,
  toolsAnswer,
  type Answer,
} from './answers.js';
import { Crowd } from './crowd.js';
import type { DetailsPolicy } from './details-policy.js';

/** What the routes need to know beside the registries. */
export interface ControllerSettings {
  readonly statusCodes: Readonly<Record<HealthStatus, number>>;
  readonly showsDetails: DetailsPolicy;
  readonly tools: Readonly<Record<string, string | null>>;
}

/** The five routes. It fetches what each is about; what is said of it is in `answers.ts`. */
export class ObservabilityController {
  readonly #withDetails = new Crowd<Answer>();
  readonly #withoutDetails = new Crowd<Answer>();
  readonly #ready = new Crowd<Answer>();

  constructor(
    private readonly checks: HealthRegistry,
    private readonly registry: MetricsRegistry,
    private readonly settings: ControllerSettings,
  ) {}

  /** Whether the application closes, so that no connection is to be kept for a next request. */
  get closing(): boolean {
    return this.checks.readiness.isStopping;
  }

  /** `GET /health` */
  health(request: IncomingMessage): Promise<Answer> {
    const { statusCodes, showsDetails } = this.settings;
    const showDetails = showsDetails(request);
    const crowd = showDetails ? this.#withDetails : this.#withoutDetails;
    return crowd.ask(async () => healthAnswer(await this.checks.run(), statusCodes, showDetails));
  }

  /** `GET /health/live`; it waits for no crowd, so that it is answered before a kubelet gives up. */
  async live(): Promise<Answer> {
    return liveAnswer(await this.checks.run('liveness'));
  }

  /** `GET /health/ready` */
  ready(): Promise<Answer> {
    return this.#ready.ask(async () => {
      const report = await this.checks.run('readiness');
      return readyAnswer(report, this.checks.readiness.ready);
    });
  }

  /** `GET /metrics` */
  async metrics(): Promise<Answer> {
    return metricsAnswer(await this.registry.expose(), this.registry.contentType);
  }

  /** `GET /health/tools` */
  async tools(): Promise<Answer> {
    return toolsAnswer(this.settings.tools);
  }
}
