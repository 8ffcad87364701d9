/** The integrations of the SDK that are set up otherwise than it does itself. */
export interface SdkIntegrations {
  onUncaughtExceptionIntegration(options: {
    exitEvenIfOtherHandlersAreRegistered: boolean;
  }): unknown;
  fastifyIntegration?(options: { shouldHandleError: () => boolean }): unknown;
  expressIntegration?(options: { shouldHandleError: () => boolean }): unknown;
}

/** Those of the SDK that listen to the process. */
const LEFT_OUT: readonly string[] = ['OnUnhandledRejection', 'OnUncaughtException'];

interface Integration {
  readonly name: string;
}

/**
 * What is given to the SDK as `integrations`: its own defaults, but a process ends as Node ends it, and errors of requests
 * are left to the filter of this module, which knows the event's id then. What the application gives itself wins.
 *
 * Nothing listens for unhandled rejections, as a listener alone changes what Node does with them: where nobody else
 * listens, Node raises them as uncaught exceptions, which the SDK sends.
 */
export function integrationsFor(sdk: SdkIntegrations, given: unknown): unknown {
  const leave = { shouldHandleError: (): boolean => false };
  return (defaults: readonly Integration[]) => {
    const instead = (one: Integration): unknown => {
      if (one.name === 'Fastify') return sdk.fastifyIntegration?.(leave) ?? one;
      if (one.name === 'Express') return sdk.expressIntegration?.(leave) ?? one;
      return one;
    };
    const uncaught = sdk.onUncaughtExceptionIntegration({
      exitEvenIfOtherHandlersAreRegistered: false,
    });
    const all = [...defaults.filter(({ name }) => !LEFT_OUT.includes(name)).map(instead), uncaught];
    if (typeof given === 'function') return (given as (all: unknown[]) => unknown)(all);
    return Array.isArray(given) ? [...all, ...(given as unknown[])] : all;
  };
}
