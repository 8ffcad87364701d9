import * as theirs from '@willsoto/nestjs-prometheus';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
  makeSummaryProvider,
} from 'nestjs-observability';
import { assertType, expectTypeOf, it } from 'vitest';

/** What `prom-client` alone knows how to do, and what is written with its types. */
type WithoutPromClient<Make extends (configuration: never) => unknown> = Omit<
  Parameters<Make>[0],
  'registers' | 'enableExemplars' | 'collect'
>;

it('What makes a provider with @willsoto/nestjs-prometheus makes one here', () => {
  assertType<(configuration: WithoutPromClient<typeof theirs.makeCounterProvider>) => unknown>(
    makeCounterProvider,
  );
  assertType<(configuration: WithoutPromClient<typeof theirs.makeGaugeProvider>) => unknown>(
    makeGaugeProvider,
  );
  assertType<(configuration: WithoutPromClient<typeof theirs.makeHistogramProvider>) => unknown>(
    makeHistogramProvider,
  );
  assertType<(configuration: WithoutPromClient<typeof theirs.makeSummaryProvider>) => unknown>(
    makeSummaryProvider,
  );
});

it('@InjectMetric stands where theirs does', () => {
  expectTypeOf<Parameters<typeof InjectMetric>>().toEqualTypeOf<
    Parameters<typeof theirs.InjectMetric>
  >();
  expectTypeOf(InjectMetric('m')).toEqualTypeOf<ReturnType<typeof theirs.InjectMetric>>();
});
