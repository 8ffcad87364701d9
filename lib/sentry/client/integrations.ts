/** The integrations of the SDK that are set up otherwise than it does itself. */
export interface SdkIntegrations {
  onUnhandledRejectionIntegration(options: { mode: 'strict' }): unknown;
  onUncaughtExceptionIntegration(options: {
    exitEvenIfOtherHandlersAreRegistered: boolean;
  }): unknown;
  fastifyIntegration?(options: { shouldHandleError: () => boolean }): unknown;
  expressIntegration?(options: { shouldHandleError: () => boolean }): unknown;
}

interface Integration {
  readonly name: string;
}

/**
 * What is given to the SDK as `integrations`: its own defaults, but a process ends as Node ends it (the SDK keeps one alive
 * that has an unhandled rejection), and errors of requests are left to the filter of this module, which knows the event's
 * id then. What the application gives itself wins.
 */
export function integrationsFor(sdk: SdkIntegrations, given: unknown): unknown {
  const leave = { shouldHandleError: (): boolean => false };
  return (defaults: readonly Integration[]) => {
    const instead = (one: Integration): unknown => {
      if (one.name === 'Fastify') return sdk.fastifyIntegration?.(leave) ?? one;
      if (one.name === 'Express') return sdk.expressIntegration?.(leave) ?? one;
      return one;
    };
    const ours = [
      sdk.onUnhandledRejectionIntegration({ mode: 'strict' }),
      sdk.onUncaughtExceptionIntegration({ exitEvenIfOtherHandlersAreRegistered: false }),
    ] as Integration[];
    const all = [
      ...defaults.filter(({ name }) => ours.every((one) => one.name !== name)).map(instead),
      ...ours,
    ];
    if (typeof given === 'function') return (given as (all: unknown[]) => unknown)(all);
    return Array.isArray(given) ? [...all, ...(given as unknown[])] : all;
  };
}
