import { Module, type INestApplication, type ModuleMetadata, type Type } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';

/** A module of an application with metrics on. */
export function measuredModule(metadata: ModuleMetadata): Type {
  const { imports = [], ...rest } = metadata;

  @Module({
    imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } }), ...imports],
    ...rest,
  })
  class MeasuredModule {}

  return MeasuredModule;
}

/**
 * What an application says of the calls of decorated methods: `{ 'Orders.place success': 2 }`.
 *
 * @param metric a counter, or the `_count` of a histogram.
 */
export async function callsIn(
  app: Pick<INestApplication, 'get'>,
  metric = 'method_calls_total',
): Promise<Record<string, number>> {
  const text = await app.get(MetricsRegistry, { strict: false }).expose();
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`));
  return Object.fromEntries(
    lines.map((line) => {
      const labels = new Map([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
      const [place, outcome] = [
        `${labels.get('class')}.${labels.get('method')}`,
        labels.get('outcome'),
      ];
      const fixed = [...labels]
        .filter(([label]) => !['class', 'method', 'outcome'].includes(label ?? ''))
        .map(([label, value]) => ` ${label}=${value}`)
        .toSorted();
      return [`${place} ${outcome}${fixed.join('')}`, Number(line.slice(line.lastIndexOf(' ')))];
    }),
  );
}
