import {
  Counted,
  Timed,
  type CountedOptions,
  type MeasuredMethodDecorator,
  type TimedOptions,
} from 'nestjs-observability';
import { of, type Observable } from 'rxjs';
import { assertType, expectTypeOf, it } from 'vitest';

it('Methods of any shape can be measured, and keep their types', () => {
  class Orders {
    @Counted()
    @Timed()
    place(country: string, amount?: number): string {
      return `${country} ${amount}`;
    }

    @Counted('charges_total')
    async charge(): Promise<void> {}

    @Timed('watch_seconds', { help: 'Watching', labels: { team: 'shop' }, buckets: [1, 2] })
    watch(): Observable<number> {
      return of(1);
    }

    @Counted(undefined, { labels: { team: 'shop' } })
    first<T>(items: readonly T[]): T | undefined {
      return items[0];
    }

    @Counted()
    protected inner(..._all: unknown[]): void {}
  }

  expectTypeOf<Orders['place']>().toEqualTypeOf<(country: string, amount?: number) => string>();
  expectTypeOf<Orders['charge']>().toEqualTypeOf<() => Promise<void>>();
});

it('What is no method cannot be measured', () => {
  class Orders {
    // @ts-expect-error -- a getter
    @Counted()
    get open(): number {
      return 1;
    }

    // @ts-expect-error -- a property
    @Timed()
    name = 'orders';

    // @ts-expect-error -- a function in a property
    @Counted()
    place = (): void => {};

    // @ts-expect-error -- a parameter
    charge(@Counted() _amount: number): void {}
  }

  // @ts-expect-error -- a class
  @Counted()
  class Invoices {}

  assertType<object[]>([Orders, Invoices]);
});

it('Options are those of the decorator', () => {
  assertType<CountedOptions>({ help: 'Calls', labels: { team: 'shop' } });
  assertType<TimedOptions>({ buckets: [0.1, 1] });
  assertType<MeasuredMethodDecorator>(Counted());
  assertType<MeasuredMethodDecorator>(Timed());
  // @ts-expect-error -- a counter has no buckets
  assertType(Counted('calls_total', { buckets: [1] }));
  // @ts-expect-error -- the values of labels are texts
  assertType(Timed('seconds', { labels: { team: 5 } }));
  // @ts-expect-error -- a name is a text
  assertType(Counted(5));
});
