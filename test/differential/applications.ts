import { Controller, Get, Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import {
  HealthCheck as HealthRoute,
  HealthCheckService,
  HealthIndicatorService,
  HttpHealthIndicator,
  MemoryHealthIndicator,
  PrismaHealthIndicator,
  TerminusModule,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import { boot, type BootedApp } from '../support/boot.js';

/** The indicators of Terminus, for the checks of either side. */
@Injectable()
export class Indicators {
  constructor(
    readonly own: HealthIndicatorService,
    readonly http: HttpHealthIndicator,
    readonly memory: MemoryHealthIndicator,
    readonly prisma: PrismaHealthIndicator,
  ) {}
}

/** What an application of Terminus looks at for each of its two probes. */
export interface TerminusChecks {
  readonly ready: (indicators: Indicators) => HealthIndicatorFunction[];
  readonly live?: (indicators: Indicators) => HealthIndicatorFunction[];
}

const CHECKS = Symbol('checks');

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: Indicators,
    @Inject(CHECKS) private readonly checks: TerminusChecks,
  ) {}

  @Get('ready')
  @HealthRoute()
  ready() {
    return this.health.check(this.checks.ready(this.indicators));
  }

  @Get('live')
  @HealthRoute()
  live() {
    return this.health.check(this.checks.live?.(this.indicators) ?? []);
  }
}

/** Boots an application as the documentation of Terminus has it: a controller that hands in what is to be checked. */
export async function bootTerminus(
  checks: TerminusChecks,
  { imports = [] }: ModuleMetadata = {},
): Promise<BootedApp> {
  @Module({
    imports: [TerminusModule, ...imports],
    controllers: [HealthController],
    providers: [Indicators, { provide: CHECKS, useValue: checks }],
  })
  class AppModule {}

  return boot(AppModule);
}

/** An application of this package. */
export interface OurApp extends BootedApp {
  readonly registry: HealthRegistry;
}

/** Boots an application of this package; Terminus is there too, for its indicators. */
export async function bootOurs(
  register: (registry: HealthRegistry) => void,
  { imports = [], controllers = [], providers = [] }: ModuleMetadata = {},
): Promise<OurApp> {
  @Module({
    imports: [TerminusModule, ObservabilityModule.forRoot(), ...imports],
    controllers,
    providers: [Indicators, ...providers],
  })
  class AppModule {}

  const booted = await boot(AppModule, 'express', (app) => register(app.get(HealthRegistry)));
  return { ...booted, registry: booted.app.get(HealthRegistry) };
}
