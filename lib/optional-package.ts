/**
 * Loads a package that the application may not have installed.
 *
 * @returns the package, or `undefined` when it is not installed.
 * @throws what the package itself throws while it loads: a broken package is not a missing one.
 */
export async function loadOptionalPackage(name: string): Promise<unknown> {
  try {
    // The name is a variable so that neither TypeScript nor a bundler looks for the package.
    const loaded = (await import(name)) as { default?: unknown };
    return loaded.default ?? loaded;
  } catch (error) {
    if (isMissing(error, name)) return undefined;
    throw error;
  }
}

/** Node says `ERR_MODULE_NOT_FOUND` for `import` and `MODULE_NOT_FOUND` where a test runner turned it into `require`. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const codes: unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];
  return codes.includes(code) && String(message).includes(`'${name}'`);
}
