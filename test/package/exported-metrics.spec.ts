import { Module } from '@nestjs/common';
import { HealthCheck, MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { FAULT_SOURCES } from '../../lib/faults.js';
import { boot } from '../support/boot.js';
import { parseExposition, type Family } from '../support/exposition-parser.js';
import { Page, README } from './documents.js';

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true, maxSeriesPerMetric: 50 } })],
})
class AppModule {
  @HealthCheck('database')
  check(): void {}
}

/** What an application shows of which every metric of the module has something to tell. */
async function exposed(): Promise<ReadonlyMap<string, Family>> {
  const { app, get } = await boot(AppModule);
  const crowded = app.get(MetricsRegistry).counter('crowded_total', 'Crowded', ['number']);
  for (let number = 0; number <= 50; number += 1) crowded.inc({ number });
  await get('/nowhere');
  await get('/health');
  const families = new Map(parseExposition(await (await get('/metrics')).text(), 'prometheus'));
  families.delete('crowded_total');
  return families;
}

/** The labels of a metric's own; `le` is that of a histogram. */
function labelsOf({ samples }: Family): string {
  const labels = samples.flatMap((sample) => [...sample.labels.keys()]);
  return [...new Set(labels)].filter((label) => label !== 'le').join(', ');
}

const isRuntime = (name: string): boolean => /^(nodejs|process)_/.test(name);

describe('the table of', () => {
  it('exported metrics has every one that an application shows, with its type and labels', async () => {
    const shown = [...(await exposed()).values()].filter(({ name }) => !isRuntime(name));
    const rows = README.table('exported metric').filter(([name = '']) => !isRuntime(name));
    expect(rows.map((row) => row.slice(0, 3).join(' ').trim()).toSorted()).toEqual(
      shown.map((family) => `${family.name} ${family.type} ${labelsOf(family)}`.trim()).toSorted(),
    );
  });

  it('error sources has every one', () => {
    const sources = new Page('docs/metrics.md').table('error source').map(([source]) => source);
    expect(sources).toEqual(FAULT_SOURCES);
  });
});
