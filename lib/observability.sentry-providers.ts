import type { Provider } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { FilterExplorer } from './bridges/filter.explorer.js';
import { reportTransitions } from './bridges/health-sentry.js';
import { MessageIsolation } from './bridges/message-isolation.js';
import { SentryReports } from './bridges/sentry-reports.js';
import { gatewayFilter, ReportingFilter } from './bridges/unhandled-errors.filter.js';
import { UnhandledErrors } from './bridges/unhandled-errors.js';
import { systemClock } from './clock.js';
import { canonicalPath, mountedRoutes } from './endpoints/route-path.js';
import { Faults } from './faults.js';
import { HealthRegistry } from './health/health.registry.js';
import { RESOLVED_OPTIONS } from './observability.module-definition.js';
import type { ResolvedOptions } from './observability.options.js';
import { CapturingMethods } from './sentry/handlers/capturing-methods.js';
import { HandlerExplorer } from './sentry/handlers/handler.explorer.js';
import { EventOutcomes } from './sentry/client/event-outcomes.js';
import { SentryService } from './sentry/sentry.service.js';

const HEALTH_REPORTS = Symbol('what Sentry is told of health checks');

/** What makes up the part of the module that tells Sentry of errors. */
export const SENTRY_PROVIDERS: readonly Provider[] = [
  { provide: EventOutcomes, useFactory: () => new EventOutcomes() },
  {
    provide: SentryService,
    inject: [RESOLVED_OPTIONS, EventOutcomes],
    useFactory: async (
      { sentry, sentryDefaults, routes }: ResolvedOptions,
      outcomes: EventOutcomes,
    ) => {
      const ownPaths = mountedRoutes(routes).map(([, path]) => canonicalPath(path));
      const service = new SentryService(sentryDefaults, undefined, { ownPaths, outcomes });
      if (sentry !== undefined) await service.init(sentry);
      return service;
    },
  },
  {
    provide: UnhandledErrors,
    inject: [SentryService, RESOLVED_OPTIONS, Faults, HttpAdapterHost],
    useFactory: (
      sentry: SentryService,
      { sentryReports }: ResolvedOptions,
      faults: Faults,
      http: HttpAdapterHost,
    ) => new UnhandledErrors(sentry, sentryReports, faults, http),
  },
  FilterExplorer,
  {
    provide: HandlerExplorer,
    inject: [ModulesContainer, SentryService, CapturingMethods, UnhandledErrors],
    useFactory: (
      modules: ModulesContainer,
      sentry: SentryService,
      capturing: CapturingMethods,
      errors: UnhandledErrors,
    ) => new HandlerExplorer(modules, sentry, capturing, errors),
  },
  {
    provide: MessageIsolation,
    inject: [ApplicationConfig, SentryService],
    useFactory: (config: ApplicationConfig, sentry: SentryService) =>
      new MessageIsolation(config, sentry),
  },
  {
    provide: SentryReports,
    inject: [
      FilterExplorer,
      HandlerExplorer,
      MessageIsolation,
      UnhandledErrors,
      HttpAdapterHost,
      RESOLVED_OPTIONS,
    ],
    useFactory: async (
      filters: FilterExplorer,
      handlers: HandlerExplorer,
      messages: MessageIsolation,
      errors: UnhandledErrors,
      http: HttpAdapterHost,
      { sentryReports: { eventIdField } }: ResolvedOptions,
    ) => {
      const ofMessages = filters.hasGateways ? await gatewayFilter() : undefined;
      const last = new ReportingFilter(errors, http, eventIdField, ofMessages);
      return new SentryReports(filters, handlers, messages, last);
    },
  },
  {
    provide: HEALTH_REPORTS,
    inject: [HealthRegistry, SentryService, RESOLVED_OPTIONS, Faults],
    useFactory: (
      health: HealthRegistry,
      sentry: SentryService,
      { sentryReports }: ResolvedOptions,
      faults: Faults,
    ): void => reportTransitions(health, sentry, sentryReports.health, systemClock, faults),
  },
];
