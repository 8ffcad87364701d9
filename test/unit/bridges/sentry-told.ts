import { HealthRegistry, HealthStatus, type HealthCheckOptions } from 'nestjs-observability';
import { reportTransitions } from '../../../lib/bridges/health-sentry.js';
import { Faults } from '../../../lib/faults.js';
import type {
  SentryBreadcrumb,
  SentryCaptureContext,
  SentryHealthSettings,
  SentryLevel,
} from '../../../lib/sentry/sentry.types.js';
import { FakeClock } from '../../support/fake-clock.js';

/** What went to Sentry at once. */
export interface ToldEvent {
  readonly message: string;
  readonly level: SentryLevel | undefined;
  readonly context: SentryCaptureContext | undefined;
}

/** Stands in for the service, and keeps what it is told. */
export class ToldSentry {
  enabled = true;
  readonly events: ToldEvent[] = [];
  readonly breadcrumbs: SentryBreadcrumb[] = [];

  captureMessage(
    message: string,
    level?: SentryLevel,
    context?: SentryCaptureContext,
  ): string | null {
    if (!this.enabled) return null;
    this.events.push({ message, level, context });
    return String(this.events.length);
  }

  addBreadcrumb(breadcrumb: SentryBreadcrumb): void {
    if (this.enabled) this.breadcrumbs.push(breadcrumb);
  }

  /** The end of each message, and its level. */
  get words(): string[] {
    return this.events.map(({ message, level }) => `${message.split(' is ')[1]}: ${level}`);
  }
}

const STATUS = {
  h: HealthStatus.HEALTHY,
  d: HealthStatus.DEGRADED,
  u: HealthStatus.UNHEALTHY,
} as const;

/** One letter for each result of a check: healthy, degraded or unhealthy. */
export type Letter = keyof typeof STATUS;

export const PROBE_MS = 1_000;

/** A registry whose checks Sentry is told of, with a check `db` that answers as it is told. */
export function checksTold(
  settings: Partial<SentryHealthSettings> = {},
  options: HealthCheckOptions = {},
) {
  const clock = new FakeClock();
  const faults = new Faults();
  const health = new HealthRegistry({}, clock, faults);
  const sentry = new ToldSentry();
  const all = {
    degraded: 'breadcrumb',
    failureThreshold: 1,
    minIntervalMs: 0,
    ...settings,
  } as const;
  reportTransitions(health, sentry, all, clock, faults);
  const answer: { status: HealthStatus } = { status: HealthStatus.HEALTHY };
  const register = () => health.registerCheck('db', () => answer.status, options);
  const remove = register();
  return {
    clock,
    faults,
    health,
    sentry,
    register,
    remove,
    /** Probes once for each letter, a second apart. */
    probe: async (letters: string): Promise<void> => {
      for (const letter of letters) {
        answer.status = STATUS[letter as Letter];
        await health.run();
        await clock.advance(PROBE_MS);
      }
    },
  };
}
