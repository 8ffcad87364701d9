import type { HealthRegistry } from '../health/health.registry.js';
import { HealthStatus, type HealthTransition } from '../health/health.types.js';
import { oneLine } from '../show-value.js';
import type { SafeLogger } from '../tell.js';

const LEVEL = {
  [HealthStatus.HEALTHY]: 'log',
  [HealthStatus.DEGRADED]: 'warn',
  [HealthStatus.UNHEALTHY]: 'error',
} as const;

/** Writes one line to the log for each transition of a check, however often it is probed in between. */
export function logTransitions(registry: HealthRegistry, logger: SafeLogger): void {
  registry.onTransition((transition) => logger[LEVEL[transition.to]](lineOf(transition)));
}

function lineOf({ name, from, to, result }: HealthTransition): string {
  const was = from === undefined ? 'at its first run' : `was ${from}`;
  const reason = result.message === '' ? '' : `: ${result.message}`;
  return oneLine(`Health check "${name}" is ${to} (${was})${reason}`);
}
