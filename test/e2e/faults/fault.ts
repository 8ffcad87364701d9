import { performance } from 'node:perf_hooks';
import type { HealthCheckContext, HealthStatus } from 'nestjs-observability';

/** A check that does something wrong or odd, and what is to be seen of it on `/health`. */
export interface CheckFault {
  /** What it does, as the rest of "a check that …"; the check is named after it. */
  readonly fault: string;
  readonly check: (context: HealthCheckContext) => unknown;
  /** The whole message, or what is to be found in it. */
  readonly message: string | RegExp;
  /** @default 'unhealthy' */
  readonly status?: HealthStatus;
  /** @default {} */
  readonly details?: unknown;
  /** @default a time that nobody reaches */
  readonly timeoutMs?: number;
}

/** Is in many a value, and must not be in any answer. */
export const SECRET = 'hunter2';

/** The name under which a fault is registered. */
export function nameOf({ fault }: CheckFault): string {
  return fault.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 64);
}

/** What a hostile part does. */
export function fail(): never {
  throw new Error('the trap was sprung');
}

/** Every trap of it throws, whatever stands behind it. */
export function hostileProxy(target: object = {}): object {
  const traps = Reflect.ownKeys(Reflect).filter((key) => typeof key === 'string');
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, fail])));
}

/** Refuses every access, as a proxy does whose owner has gone. */
export function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Holds the event loop. */
export function hold(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Something to wait for, whatever it is that it does with whoever waits. */
export function thenable(
  then: (ok: (value: unknown) => void, no: (error: unknown) => void) => void,
) {
  // oxlint-disable-next-line unicorn/no-thenable -- checks return such things
  return { then };
}
