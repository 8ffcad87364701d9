import { HealthStatus, type HealthCheckResult } from '../../health/health.types.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { counted, durationText } from './wording.js';

const RUNS = 20;
const SLOT = 7;
const FLOOR = 28;
const TALLEST = 28;
const HEIGHT = 38;
const SHORTEST = 2;

/** Below the bar of a run that was not healthy, so that nobody needs colours: a triangle, a cross. */
const MARKS: Readonly<Record<HealthStatus, string>> = {
  healthy: '',
  degraded: 'm-3 8.5l3-5.5l3 5.5z',
  unhealthy: 'm-2.5 3.5l5 5m0-5l-5 5',
};

const STATUSES = Object.values(HealthStatus);

/** The last runs of a check, the newest at the right: a bar each, as high as the run was slow beside the slowest. */
export function runPlot(results: readonly HealthCheckResult[]): Markup {
  const runs = results.slice(-RUNS);
  if (runs.length === 0) return NOTHING;
  const slowestMs = Math.max(...runs.map(({ latencyMs }) => latencyMs));
  return markup`<figure class="runs"><svg role="img" aria-label="${plotText(runs)}" viewBox="0 0 ${RUNS * SLOT} ${HEIGHT}">
<path class="floor" d="M0 ${FLOOR}.5h${RUNS * SLOT}"/>${STATUSES.map((status) => barsOf(runs, status, slowestMs))}</svg><figcaption>up to ${durationText(slowestMs)}</figcaption></figure>`;
}

/** One path for all bars of a status: a page may have some hundred plots. */
function barsOf(
  runs: readonly HealthCheckResult[],
  status: HealthStatus,
  slowestMs: number,
): Markup {
  const free = RUNS - runs.length;
  const placed = runs
    .map((run, index) => ({ run, start: `M${(free + index + 0.5) * SLOT} ${FLOOR}` }))
    .filter(({ run }) => run.status === status);
  if (placed.length === 0) return NOTHING;
  const bars = placed.map(({ run, start }) => `${start}v-${heightOf(run, slowestMs)}`);
  const marks = placed.map(({ start }) => start + MARKS[status]);
  const drawn =
    status === HealthStatus.HEALTHY
      ? NOTHING
      : markup`<path class="mark" data-status="${status}" d="${marks.join('')}"/>`;
  return markup`<path class="bar" data-status="${status}" d="${bars.join('')}"/>${drawn}`;
}

function heightOf({ latencyMs }: HealthCheckResult, slowestMs: number): number {
  const share = slowestMs > 0 ? latencyMs / slowestMs : 0;
  return Math.round(SHORTEST + share * (TALLEST - SHORTEST));
}

function plotText(runs: readonly HealthCheckResult[]): string {
  const counts = STATUSES.map((status) => ({
    status,
    count: runs.filter((run) => run.status === status).length,
  })).filter(({ count }) => count > 0);
  const latencies = runs.map(({ latencyMs }) => latencyMs);
  const [least, most] = [
    durationText(Math.min(...latencies)),
    durationText(Math.max(...latencies)),
  ];
  const took = least === most ? least : `${least} to ${most}`;
  const came = counts.map(({ status, count }) => `${count} ${status}`).join(', ');
  return `${runs.length === 1 ? 'Last run' : `Last ${counted(runs.length, 'run')}`}: ${came}; ${took}`;
}
