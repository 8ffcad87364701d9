/** What the SDK keeps for the whole process: the versions that are loaded, each with what it has. */
interface SdkGlobals {
  readonly __SENTRY__?: Readonly<Record<string, unknown>>;
}

interface Copy {
  readonly defaultCurrentScope?: {
    getClient?(): { getOptions?(): { enabled?: unknown } } | undefined;
  };
}

/**
 * Finds the versions of the Sentry SDK that the application has initialised. Each has clients of its own, and knows
 * nothing of the others.
 *
 * @param globals is what the SDK leaves its sign on. @default the process's
 */
export function initialisedVersions(globals: object = globalThis): string[] {
  try {
    const { __SENTRY__: copies = {} } = globals as SdkGlobals;
    return Object.keys(copies).filter(
      (version) => version !== 'version' && hasClient(copies, version),
    );
  } catch {
    return [];
  }
}

/** What is wrong where another version of the SDK is initialised too, or `undefined`. */
export function otherCopyProblem(
  version: string | undefined,
  globals: object = globalThis,
): string | undefined {
  if (version === undefined) return undefined;
  const others = initialisedVersions(globals).filter((other) => other !== version);
  if (others.length === 0) return undefined;
  return (
    `Two versions of the Sentry SDK are at work, and neither knows what the other is told: ${others.join(', ')}, ` +
    `which the application has initialised, and ${version}, which is the @sentry/nestjs found here. ` +
    'Install one version of all @sentry packages'
  );
}

function hasClient(copies: Readonly<Record<string, unknown>>, version: string): boolean {
  try {
    const client = (copies[version] as Copy).defaultCurrentScope?.getClient?.();
    return client !== undefined && client.getOptions?.().enabled !== false;
  } catch {
    return false;
  }
}
