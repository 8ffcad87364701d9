import type { Provider, Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BootWarnings } from './boot-warnings.js';
import { ExportedMetrics } from './bridges/exported-metrics.js';
import { HttpMetrics } from './bridges/http-metrics.js';
import { systemClock } from './clock.js';
import { accessPolicy } from './endpoints/access-policy.js';
import { detailsPolicy } from './endpoints/details-policy.js';
import { HostControllers } from './endpoints/host-controllers.js';
import { Mounting } from './endpoints/mounting.js';
import { ROUTES } from './endpoints/nest-controller.js';
import { ObservabilityController } from './endpoints/observability.controller.js';
import { RequestsInFlight } from './endpoints/requests-in-flight.js';
import { createRoutes, type Routes } from './endpoints/routes.js';
import { Faults } from './faults.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { InnerEdge, OuterEdge } from './lifecycle-edge.js';
import { writesAlike } from './metrics/canary.js';
import { MeasuredMethodExplorer } from './metrics/measured-method.explorer.js';
import { MetricsRegistry } from './metrics/metrics.registry.js';
import { loadPromClient } from './metrics/prom-client.js';
import { ObservabilityLifecycle } from './observability.lifecycle.js';
import { MODULE_OPTIONS_TOKEN, RESOLVED_OPTIONS } from './observability.module-definition.js';
import type { ResolvedOptions } from './observability.options.js';
import { SENTRY_PROVIDERS } from './observability.sentry-providers.js';
import { resolveOptions } from './resolve-options.js';
import { EventOutcomes } from './sentry/client/event-outcomes.js';
import { Shutdown } from './shutdown/shutdown.js';
import { SafeLogger } from './tell.js';

const STEPS_AT_EDGES = Symbol('steps of ObservabilityLifecycle, taken at the edges');

/**
 * What makes up the module.
 *
 * @param controller is that of `pipeline: 'nest'`.
 */
export function providersWith(controller: Type | undefined): Provider[] {
  return [
    ...PROVIDERS,
    {
      provide: Mounting,
      inject: [ROUTES, RESOLVED_OPTIONS, RequestsInFlight, HostControllers, Faults],
      useFactory: (
        routes: Routes,
        { routes: paths, management }: ResolvedOptions,
        inFlight: RequestsInFlight,
        controllers: HostControllers,
        faults: Faults,
      ) => new Mounting(routes, { paths, management, controller }, inFlight, controllers, faults),
    },
  ];
}

const PROVIDERS: readonly Provider[] = [
  {
    provide: RESOLVED_OPTIONS,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (options: unknown) => resolveOptions(options, process.env),
  },
  {
    provide: HealthRegistry,
    inject: [RESOLVED_OPTIONS, Faults],
    useFactory: (
      { health: { timeoutMs, cacheMs, details } }: ResolvedOptions,
      faults: Faults,
    ): HealthRegistry => {
      const settings = { timeoutMs, cacheMs, showsDetails: details === 'always' };
      return new HealthRegistry(settings, systemClock, faults);
    },
  },
  { provide: Faults, useFactory: () => new Faults() },
  {
    provide: MetricsRegistry,
    inject: [RESOLVED_OPTIONS, Faults],
    useFactory: async ({ metrics }: ResolvedOptions, faults: Faults) => {
      const client = metrics.enabled ? await loadPromClient() : undefined;
      const stock = client !== undefined && !(await writesAlike(client));
      return new MetricsRegistry(client, { ...metrics, faults, stock });
    },
  },
  ...SENTRY_PROVIDERS,
  RequestsInFlight,
  {
    provide: HttpMetrics,
    inject: [MetricsRegistry, RESOLVED_OPTIONS, RequestsInFlight, Faults],
    useFactory: (
      registry: MetricsRegistry,
      { metrics }: ResolvedOptions,
      inFlight: RequestsInFlight,
      faults: Faults,
    ) => new HttpMetrics(registry, metrics.http, inFlight, faults),
  },
  MeasuredMethodExplorer,
  {
    provide: ExportedMetrics,
    inject: [
      MetricsRegistry,
      RESOLVED_OPTIONS,
      MeasuredMethodExplorer,
      HealthRegistry,
      HttpMetrics,
      Faults,
      EventOutcomes,
    ],
    useFactory: (
      registry: MetricsRegistry,
      { metrics: { runtime } }: ResolvedOptions,
      methods: MeasuredMethodExplorer,
      health: HealthRegistry,
      http: HttpMetrics,
      faults: Faults,
      outcomes: EventOutcomes,
    ) => new ExportedMetrics(registry, { methods, health, http, faults, outcomes, runtime }),
  },
  HostControllers,
  {
    provide: ROUTES,
    inject: [HealthRegistry, MetricsRegistry, Faults, RESOLVED_OPTIONS],
    useFactory: routesOf,
  },
  {
    provide: Shutdown,
    inject: [HealthRegistry, RequestsInFlight, HttpAdapterHost, Mounting],
    useFactory: (
      health: HealthRegistry,
      inFlight: RequestsInFlight,
      http: HttpAdapterHost,
      mounting: Mounting,
    ) => {
      const begun = (): void => {
        health.readiness.stopping();
        inFlight.closeConnections();
      };
      const idle = (): Promise<void> => inFlight.none();
      return new Shutdown({ begun, idle, cut: () => mounting.cutConnections() }, http);
    },
  },
  HealthCheckExplorer,
  BootWarnings,
  ObservabilityLifecycle,
  {
    provide: STEPS_AT_EDGES,
    inject: [ObservabilityLifecycle, InnerEdge, OuterEdge],
    useFactory: takeStepsAtEdges,
  },
];

/** Makes nothing; NestJS calls it because it is a provider. */
function takeStepsAtEdges(
  lifecycle: ObservabilityLifecycle,
  inner: InnerEdge,
  outer: OuterEdge,
): void {
  outer.starting = () => lifecycle.starting();
  inner.bootstrapped = () => lifecycle.bootstrapped();
  inner.closing = () => lifecycle.closing();
  inner.destroyed = (signal) => lifecycle.destroyed(signal);
  outer.closed = () => lifecycle.closed();
}

function routesOf(
  checks: HealthRegistry,
  metrics: MetricsRegistry,
  faults: Faults,
  { health, tools, access, routes }: ResolvedOptions,
): Routes {
  const logger = new SafeLogger();
  const warn = (problem: string): void => logger.warn(problem);
  const policies = {
    health: accessPolicy('health', access.health, warn, faults),
    metrics: accessPolicy('metrics', access.metrics, warn, faults),
    tools: accessPolicy('tools', access.tools, warn, faults),
  };
  const controller = new ObservabilityController(checks, metrics, {
    statusCodes: health.statusCodes,
    showsDetails: detailsPolicy(health.details, warn, faults),
    page: health.page,
    tools,
    showsTools: (request) => routes.tools !== undefined && policies.tools(request) === 'admitted',
  });
  return createRoutes(controller, policies, (problem) => logger.error(problem), faults);
}
