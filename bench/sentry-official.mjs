// What the official wiring has its users load first, by `--import`.
import * as Sentry from '@sentry/nestjs';

const { SENTRY_DSN, SENTRY_TRACES_SAMPLE_RATE } = process.env;
Sentry.init({
  dsn: SENTRY_DSN,
  ...(SENTRY_TRACES_SAMPLE_RATE && { tracesSampleRate: Number(SENTRY_TRACES_SAMPLE_RATE) }),
});
