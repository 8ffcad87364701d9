import { expect, test } from 'vitest';
import { SOURCES } from './lib-sources.js';

/** The house, from its types up to its door. A new file gets a floor here: above all that it imports. */
const FLOORS: readonly (readonly [floor: number, files: readonly string[]])[] = [
  [6, ['index.ts', 'instrument.ts']],
  [5.2, ['observability.module.ts']],
  [5.1, ['observability.providers.ts']],
  [5.05, ['observability.sentry-providers.ts']],
  [5, ['observability.module-definition.ts']],
  [4.7, ['observability.lifecycle.ts']],
  [4.65, ['boot-warnings.ts']],
  [4.6, ['endpoints/mounting.ts']],
  [4.5, ['endpoints/front.ts', 'endpoints/host-routes.ts', 'endpoints/management-listener.ts']],
  [4.4, ['endpoints/nest-controller.ts', 'endpoints/request-handler.ts']],
  [4.35, ['bridges/sentry-reports.ts']],
  [
    4.3,
    [
      'bridges/exported-metrics.ts',
      'bridges/filter.explorer.ts',
      'endpoints/routes.ts',
      'shutdown/enable-graceful-shutdown.ts',
    ],
  ],
  [4.25, ['bridges/unhandled-errors.filter.ts']],
  [
    4.2,
    [
      'bridges/http-metrics.ts',
      'bridges/unhandled-errors.ts',
      'endpoints/observability.controller.ts',
      'endpoints/send-answer.ts',
      'shutdown/shutdown.ts',
    ],
  ],
  [4.15, ['endpoints/http-exchange.ts', 'endpoints/page/status-page.ts', 'endpoints/scrapes.ts']],
  [
    4.1,
    [
      'endpoints/access-policy.ts',
      'endpoints/answers.ts',
      'endpoints/details-policy.ts',
      'endpoints/endpoint.ts',
      'endpoints/host-controllers.ts',
      'endpoints/page/check-row.ts',
      'shutdown/draining.ts',
    ],
  ],
  [
    4,
    [
      'bridges/fault-metrics.ts',
      'bridges/health-log.ts',
      'bridges/health-metrics.ts',
      'bridges/health-sentry.ts',
      'bridges/message-isolation.ts',
      'bridges/sentry-metrics.ts',
      'endpoints/crowd.ts',
      'endpoints/gzip.ts',
      'endpoints/health-body.ts',
      'endpoints/open-connections.ts',
      'endpoints/page/run-plot.ts',
      'endpoints/page/status-glyph.ts',
      'endpoints/page/status-page.script.ts',
      'endpoints/page/status-page.style.ts',
      'endpoints/request-predicate.ts',
      'endpoints/requests-in-flight.ts',
      'endpoints/scrape-preference.ts',
      'endpoints/self-check.ts',
    ],
  ],
  [
    3.9,
    [
      'bridges/followed-totals.ts',
      'bridges/told-status.ts',
      'endpoints/accept.ts',
      'endpoints/page/markup.ts',
      'endpoints/page/wording.ts',
      'endpoints/turnstile.ts',
    ],
  ],
  [3, ['health/health-check.explorer.ts', 'sentry/handlers/handler.explorer.ts']],
  [
    2.3,
    [
      'metrics/counted.decorator.ts',
      'metrics/runtime/runtime-metrics.ts',
      'metrics/timed.decorator.ts',
    ],
  ],
  [
    2.2,
    [
      'metrics/measured-method.explorer.ts',
      'metrics/measured-method.ts',
      'metrics/runtime/event-loop.ts',
      'metrics/runtime/handles.ts',
      'metrics/runtime/heap.ts',
      'metrics/runtime/process-metrics.ts',
      'sentry/handlers/capture-errors.decorator.ts',
    ],
  ],
  [
    2.1,
    [
      'metrics/measured-classes.ts',
      'metrics/metric.providers.ts',
      'metrics/runtime/garbage-collection.ts',
      'metrics/runtime/reading-gauge.ts',
      'sentry/handlers/capturing-methods.ts',
      'sentry/handlers/watched-handler.ts',
      'sentry/recording/recording-sentry.service.ts',
    ],
  ],
  [2, ['health/health.registry.ts', 'metrics/metrics.registry.ts', 'sentry/sentry.service.ts']],
  [1.9, ['health/registered-check.ts']],
  [1.85, ['health/health-check.run.ts']],
  [1.8, ['health/check-answer.ts']],
  [1.7, ['health/health.outcome.ts', 'metrics/canary.ts']],
  [1.6, ['health/terminus.ts', 'metrics/metric-classes.ts']],
  [
    1.5,
    [
      'health/health.report.ts',
      'health/status-judge.ts',
      'metrics/counter.metric.ts',
      'metrics/exposition.ts',
      'metrics/gauge.metric.ts',
      'metrics/histogram.metric.ts',
      'metrics/summary.metric.ts',
      'resolve-options.ts',
      'sentry/client/sentry-connection.ts',
    ],
  ],
  [1.45, ['metrics/collection.ts']],
  [
    1.4,
    [
      'health/health-check.decorator.ts',
      'health/severity.ts',
      'metrics/distribution-metric.ts',
      'metrics/foreign-metric.ts',
      'metrics/recorded-call.ts',
      'metrics/value-metric.ts',
      'sentry/client/early-start.ts',
      'sentry/client/outside-requests.ts',
      'sentry/guarded-scope.ts',
      'sentry/recording/captured-event.ts',
      'settings-rules.ts',
    ],
  ],
  [
    1.35,
    [
      'metrics/held-metrics.ts',
      'metrics/method-measurement.ts',
      'metrics/own-metric.ts',
      'sentry/client/sentry-client.ts',
    ],
  ],
  [
    1.3,
    [
      'decorated-method.ts',
      'health/health-check.name.ts',
      'health/health-check.options.ts',
      'metrics/bound-series.ts',
      'metrics/metric-definition.ts',
      'sentry/capture-input.ts',
      'sentry/scrubbing/event-scrubber.ts',
      'settings-reader.ts',
    ],
  ],
  [
    1.25,
    [
      'metrics/sample-text.ts',
      'metrics/scrape-guard.ts',
      'metrics/series-table.ts',
      'sentry/scrubbing/event-mask.ts',
    ],
  ],
  [
    1.2,
    [
      'health/run-stopwatch.ts',
      'metrics/label-value.ts',
      'sentry/client/event-outcomes.ts',
      'sentry/scrubbing/masked-copy.ts',
      'show-value.ts',
    ],
  ],
  [
    1.1,
    [
      'health/background-runs.ts',
      'health/event-loop-watch.ts',
      'metrics/exposition-parts.ts',
      'metrics/prom-client.ts',
      'plain-json.ts',
      'sentry/recording/recorded-scopes.ts',
      'sentry/scrubbing/known-secrets.ts',
      'sentry/watched-method.ts',
    ],
  ],
  [
    1,
    [
      'clock.ts',
      'followed-call.ts',
      'health/readiness.ts',
      'health/ring.ts',
      'health/run-context.ts',
      'health/run-slots.ts',
      'health/transition-listeners.ts',
      'lifecycle-edge.ts',
      'metrics/noop-metric.ts',
      'metrics/runtime/proc-files.ts',
      'metrics/runtime/shared-reading.ts',
      'optional-package.ts',
      'redaction.ts',
      'sentry/client/dsn.ts',
      'sentry/client/integrations.ts',
      'sentry/client/private-data.ts',
      'sentry/client/sdk-copies.ts',
      'sentry/client/traces.ts',
      'sentry/expected-error.ts',
      'sentry/kept-scope.ts',
      'sentry/run-once.ts',
    ],
  ],
  [0.9, ['observability.options.ts']],
  [
    0.5,
    [
      'adopt-promise.ts',
      'cluster-worker.ts',
      'endpoints/route-path.ts',
      'faults.ts',
      'metrics/content-types.ts',
      'metrics/label-tree.ts',
      'single-flight.ts',
      'tell.ts',
    ],
  ],
  [
    0,
    [
      'endpoints/endpoints.types.ts',
      'health/health.types.ts',
      'metrics/metrics.types.ts',
      'sentry/sentry.types.ts',
    ],
  ],
];

const AREAS: readonly string[] = ['health', 'metrics', 'sentry'];

/** Every import of one file of lib/ by another, as `from -> to`. */
const roads = SOURCES.flatMap(({ path, imports }) =>
  imports
    .filter(({ local }) => local)
    .map(({ from }) => ({ path, from, road: `${path} -> ${from}` })),
);

test('the plan is read from the top, each floor once', () => {
  const floors = FLOORS.map(([floor]) => floor);

  expect(floors).toEqual([...new Set(floors)].toSorted((a, b) => b - a));
});

test('every file has one floor', () => {
  const listed = FLOORS.flatMap(([, files]) => files).toSorted();

  expect(listed).toEqual(SOURCES.map(({ path }) => path));
});

test('a file imports only from lower floors, types too, so that there is no cycle', () => {
  const wrong = roads.filter(({ path, from }) => !(floorOf(from) < floorOf(path)));

  expect(wrong.map(({ road }) => road)).toEqual([]);
});

test('health, metrics and sentry do not import one another', () => {
  const wrong = roads.filter(
    ({ path, from }) =>
      AREAS.includes(areaOf(path)) && AREAS.includes(areaOf(from)) && areaOf(path) !== areaOf(from),
  );

  expect(wrong.map(({ road }) => road)).toEqual([]);
});

test('the routes know nothing of how an application ends, and the other way round', () => {
  const apart = ['endpoints', 'shutdown'];
  const wrong = roads.filter(
    ({ path, from }) =>
      apart.includes(areaOf(path)) && apart.includes(areaOf(from)) && areaOf(path) !== areaOf(from),
  );

  expect(wrong.map(({ road }) => road)).toEqual([]);
});

test('nothing imports the index', () => {
  expect(roads.filter(({ from }) => from === 'index.ts')).toEqual([]);
});

test('the index, and no other file, exports what others hold, each name by itself', () => {
  const exported = SOURCES.flatMap(({ path, ast }) =>
    ast.statements
      .filter((statement) => /^export (type )?(\*|\{[^}]*\} from)/.test(statement.getText()))
      .map((statement) => ({ path, text: statement.getText() })),
  );

  expect(exported.filter(({ text }) => /^export (type )?\*/.test(text))).toEqual([]);
  expect(exported.filter(({ path }) => path !== 'index.ts')).toEqual([]);
  expect(exported).not.toEqual([]);
});

test('a folder is named for what lives there', () => {
  const folders = SOURCES.flatMap(({ path }) => path.split('/').slice(0, -1));

  const vague = /^(utils?|common|shared|misc|interfaces?|types|constants|errors|helpers?)$/;
  expect(folders.filter((folder) => vague.test(folder))).toEqual([]);
});

/** `NaN`, which is neither above nor below anything, for a file without a floor. */
function floorOf(path: string): number {
  return FLOORS.find(([, files]) => files.includes(path))?.[0] ?? Number.NaN;
}

function areaOf(path: string): string {
  return path.split('/')[0] ?? '';
}
