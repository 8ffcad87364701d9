import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BootWarnings } from './boot-warnings.js';
import { ExportedMetrics } from './bridges/exported-metrics.js';
import { logTransitions } from './bridges/health-log.js';
import { SentryReports } from './bridges/sentry-reports.js';
import { whenListening } from './endpoints/front.js';
import { Mounting } from './endpoints/mounting.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { SentryService } from './sentry/sentry.service.js';
import { Shutdown } from './shutdown/shutdown.js';
import { SafeLogger } from './tell.js';

/** What happens when an application starts and stops. */
@Injectable()
export class ObservabilityLifecycle implements OnApplicationBootstrap {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly explorer: HealthCheckExplorer,
    private readonly health: HealthRegistry,
    private readonly warnings: BootWarnings,
    private readonly exported: ExportedMetrics,
    private readonly sentry: SentryService,
    private readonly reports: SentryReports,
    private readonly mounting: Mounting,
    private readonly shutdown: Shutdown,
  ) {
    logTransitions(health, new SafeLogger());
  }

  /** Takes its place in front of the application; NestJS asks for it only where there is HTTP. */
  async mount(): Promise<void> {
    const { httpAdapter } = this.http;
    this.explorer.assertAlone();
    this.reports.binding();
    await this.mounting.standBefore(httpAdapter);
    whenListening(httpAdapter, () => {
      this.#started();
      this.warnings.listening();
      void this.mounting.check(httpAdapter, () => this.health.readiness.isStopping);
    });
    // NestJS 12 waits for it before it refuses requests, which NestJS 11 does not do at all.
    const adapter: { beforeClose?: () => unknown } = httpAdapter;
    const beforeClose = adapter.beforeClose?.bind(httpAdapter);
    adapter.beforeClose = async () => {
      await this.shutdown.closing();
      await beforeClose?.();
    };
  }

  /** Every other module's `onModuleInit` waits for this: a startup probe is answered while providers come up. */
  async starting(): Promise<void> {
    this.exported.explore();
    this.reports.starting();
    await this.mounting.open();
  }

  /** Every provider is ready by now, and a check that cannot be stops boot before others go to work. */
  onApplicationBootstrap(): void {
    this.explorer.explore();
  }

  /** Every other module's `onApplicationBootstrap` is over. */
  bootstrapped(): void {
    this.warnings.bootstrapped();
    this.exported.create((endpoint) => this.mounting.isOwnEndpoint(endpoint));
    this.mounting.bootstrapped();
    this.health.readiness.started();
    if (this.mounting.isApart) this.#started();
    void this.health.run();
  }

  /** The application closes; every other module's `onModuleDestroy` waits for this. */
  async closing(): Promise<void> {
    await this.shutdown.closing();
    this.health.closing();
  }

  /** Every `onModuleDestroy` is over, after a signal if one is named. */
  destroyed(signal: string | undefined): void {
    this.shutdown.destroyed(signal);
  }

  /** All others have closed: what they have captured meanwhile is sent too, and probes were answered until now. */
  async closed(): Promise<void> {
    this.health.abortRuns();
    this.reports.closed();
    await this.sentry.close();
    await this.mounting.close();
    this.exported.stop();
    this.shutdown.end();
  }

  /** It listens, and needs what runs in the background. */
  #started(): void {
    this.health.startBackground();
    this.exported.start();
  }
}
