// For `node --import nestjs-observability/instrument dist/main.js`. NestJS must not be imported here: what has been
// loaded before Sentry starts is not instrumented.
import { DEFAULT_PATHS } from './endpoints/route-path.js';
import { resolveOptions } from './resolve-options.js';
import { errorText } from './show-value.js';
import { startEarly } from './sentry/client/early-start.js';

const { SENTRY_DSN, ENVIRONMENT, SENTRY_RELEASE, SENTRY_TRACES_SAMPLE_RATE } = process.env;

try {
  const { sentry } = resolveOptions(
    {},
    { SENTRY_DSN, ENVIRONMENT, SENTRY_RELEASE, SENTRY_TRACES_SAMPLE_RATE },
  );
  if (sentry?.dsn && !(await startEarly(sentry, Object.values(DEFAULT_PATHS)))) {
    staysOff('a DSN is set, but the package @sentry/nestjs is not installed');
  }
} catch (error) {
  // The module says it too; a bad variable stops boot there, unless the application's own options put it right.
  staysOff(errorText(error));
}

function staysOff(reason: string): void {
  process.stderr.write(`[nestjs-observability/instrument] Sentry stays off: ${reason}\n`);
}
