import {
  CaptureErrors,
  type CaptureErrorsDecorator,
  type CaptureErrorsOptions,
} from 'nestjs-observability';
import { of, type Observable } from 'rxjs';
import { assertType, expectTypeOf, it } from 'vitest';

it('The errors of methods of any shape can be captured, and methods keep their types', () => {
  class Work {
    @CaptureErrors()
    run(queue: string, most?: number): string {
      return `${queue} ${most}`;
    }

    @CaptureErrors({ tags: { queue: 'mail' }, level: 'fatal' })
    async consume(): Promise<void> {}

    @CaptureErrors()
    watch(): Observable<number> {
      return of(1);
    }

    @CaptureErrors()
    async *each(): AsyncGenerator<number> {
      yield 1;
    }

    take(item: string): string;
    take(item: number): number;
    @CaptureErrors()
    take(item: string | number): string | number {
      return item;
    }

    @CaptureErrors()
    first<T>(items: readonly T[]): T | undefined {
      return items[0];
    }

    @CaptureErrors()
    protected inner(..._all: unknown[]): void {}
  }

  expectTypeOf<Work['run']>().toEqualTypeOf<(queue: string, most?: number) => string>();
  expectTypeOf<Work['consume']>().toEqualTypeOf<() => Promise<void>>();
});

it('Of what is no method there are no errors to capture', () => {
  class Work {
    // @ts-expect-error -- a getter
    @CaptureErrors()
    get open(): number {
      return 1;
    }

    // @ts-expect-error -- a function in a property
    @CaptureErrors()
    run = (): void => {};

    // @ts-expect-error -- a parameter
    charge(@CaptureErrors() _amount: number): void {}
  }

  // @ts-expect-error -- a class
  @CaptureErrors()
  class Jobs {}

  assertType<object[]>([Work, Jobs]);
});

it('Options are those of the decorator', () => {
  assertType<CaptureErrorsOptions>({ tags: { queue: 'mail' }, level: 'warn' });
  assertType<CaptureErrorsDecorator>(CaptureErrors());
  // @ts-expect-error -- the values of tags are texts
  assertType(CaptureErrors({ tags: { queue: 5 } }));
  // @ts-expect-error -- no level of Sentry
  assertType(CaptureErrors({ level: 'bad' }));
});
