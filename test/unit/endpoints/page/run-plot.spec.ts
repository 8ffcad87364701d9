import { HealthStatus, type HealthCheckResult } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { runPlot } from '../../../../lib/endpoints/page/run-plot.js';
import { resultOf } from './views.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

function run(status: HealthStatus, latencyMs: number): HealthCheckResult {
  return resultOf('db', { status, latencyMs });
}

/** The bars of one status: where each is, and its height. */
function bars(svg: string, status: HealthStatus): [x: number, height: number][] {
  const path = new RegExp(`class="bar" data-status="${status}" d="([^"]*)"`).exec(svg)?.[1] ?? '';
  return [...path.matchAll(/M([\d.]+) \d+v-([\d.]+)/g)].map(([, x, height]) => [
    Number(x),
    Number(height),
  ]);
}

describe('the plot of the last runs', () => {
  it('has a bar a run, the newest at the right, as high as the run was slow', () => {
    const svg = String(runPlot([run(HEALTHY, 5), run(HEALTHY, 10), run(UNHEALTHY, 0)]));
    expect(bars(svg, HEALTHY)).toEqual([
      [122.5, 15],
      [129.5, 28],
    ]);
    expect(bars(svg, UNHEALTHY)).toEqual([[136.5, 2]]);
  });

  it('marks degraded and unhealthy runs with two different shapes', () => {
    const marks = [DEGRADED, UNHEALTHY].map(
      (status) =>
        /class="mark"[^>]* d="M[\d.]+ \d+([^"]*)"/.exec(String(runPlot([run(status, 1)])))?.[1],
    );
    expect(marks.every(Boolean)).toBe(true);
    expect(marks[0]).not.toBe(marks[1]);
    expect(String(runPlot([run(HEALTHY, 1)]))).not.toContain('mark');
  });

  it('says in words what it shows', () => {
    const svg = String(runPlot([run(HEALTHY, 5), run(DEGRADED, 812), run(UNHEALTHY, 1.26)]));
    expect(svg).toContain('role="img"');
    expect(svg).toContain(
      'aria-label="Last 3 runs: 1 healthy, 1 degraded, 1 unhealthy; 1.3 ms to 812 ms"',
    );
    expect(String(runPlot([run(HEALTHY, 5)]))).toContain('"Last run: 1 healthy; 5.0 ms"');
  });

  it('takes runs that took no time at all', () => {
    expect(bars(String(runPlot([run(HEALTHY, 0)])), HEALTHY)).toEqual([[136.5, 2]]);
  });

  it('is not there before the first run', () => {
    expect(String(runPlot([]))).toBe('');
  });

  it('holds 20 runs, the last ones', () => {
    const runs = Array.from({ length: 25 }, (_, index) => run(index < 5 ? UNHEALTHY : HEALTHY, 1));
    const svg = String(runPlot(runs));
    expect(bars(svg, HEALTHY)).toHaveLength(20);
    expect(bars(svg, UNHEALTHY)).toEqual([]);
  });
});
