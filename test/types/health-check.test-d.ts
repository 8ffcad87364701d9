import {
  HealthIndicatorService,
  type HealthCheckAttempt,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import {
  degraded,
  HealthCheck,
  healthy,
  HealthStatus,
  unhealthy,
  type HealthCheckContext,
  type HealthOutcome,
} from 'nestjs-observability';
import { assertType, describe, expectTypeOf, it } from 'vitest';

describe('@HealthCheck accepts a method that returns', () => {
  it('nothing', () => {
    class Accepted {
      @HealthCheck('void')
      nothing(): void {}

      @HealthCheck('promise')
      async later(): Promise<void> {}

      @HealthCheck('undefined')
      undefined(): undefined {
        return undefined;
      }
    }
    assertType<object>(new Accepted());
  });

  it('a status', () => {
    class Accepted {
      @HealthCheck('declared')
      declared(): HealthStatus {
        return 'degraded';
      }

      @HealthCheck('inferred')
      inferred() {
        return HealthStatus.HEALTHY;
      }

      @HealthCheck('later')
      async later() {
        return HealthStatus.UNHEALTHY;
      }

      @HealthCheck('either')
      either(ok: HealthCheckContext) {
        return ok.signal.aborted ? HealthStatus.DEGRADED : undefined;
      }
    }
    assertType<object>(new Accepted());
  });

  it('an outcome', () => {
    class Accepted {
      @HealthCheck('healthy')
      healthy() {
        return healthy();
      }

      @HealthCheck('degraded')
      degraded() {
        return degraded('slow', { queue: 7 });
      }

      @HealthCheck('later')
      async later(): Promise<HealthOutcome> {
        return unhealthy('down');
      }

      @HealthCheck('some-day')
      someDay(): PromiseLike<HealthOutcome> {
        return Promise.resolve(healthy());
      }

      @HealthCheck('by-hand')
      byHand() {
        return { status: HealthStatus.DEGRADED, message: 'slow' };
      }

      @HealthCheck('with-more')
      withMore() {
        return { status: HealthStatus.HEALTHY, uptime: 5 };
      }
    }
    assertType<object>(new Accepted());
  });

  it('what a Terminus indicator returns', () => {
    class Accepted {
      constructor(private readonly indicators: HealthIndicatorService) {}

      @HealthCheck('result')
      async result(): Promise<HealthIndicatorResult> {
        return this.indicators.check('db').up();
      }

      @HealthCheck('keyed')
      keyed(): HealthIndicatorResult<'db' | 'cache', 'up' | 'down'> {
        return { ...this.indicators.check('db').up(), ...this.indicators.check('cache').down() };
      }

      @HealthCheck('session')
      session() {
        return this.indicators.check('db').degraded({ lag: 5 });
      }

      @HealthCheck('attempt')
      attempt(): HealthCheckAttempt<'db'> {
        return this.indicators.check('db').attempt(() => {});
      }

      @HealthCheck('bounded')
      bounded({ signal }: HealthCheckContext) {
        return this.indicators
          .check('db')
          .attempt(() => signal.throwIfAborted())
          .withTimeout(300);
      }
    }
    assertType<object>(Accepted);
  });
});

it('@HealthCheck accepts private, protected, generic and symbol-named methods', () => {
  const key = Symbol('key');

  abstract class Store<Row extends object> {
    constructor(protected readonly rows: readonly Row[]) {}

    protected abstract first(rows: readonly Row[]): Row | undefined;

    @HealthCheck('protected')
    protected checkFirst(): HealthOutcome {
      return healthy('', this.first(this.rows) ?? {});
    }

    @HealthCheck('symbol')
    [key](): void {}
  }

  class Orders extends Store<{ id: number }> {
    protected first([row]: readonly { id: number }[]): { id: number } | undefined {
      return row;
    }

    @HealthCheck('override')
    protected override checkFirst(): HealthOutcome {
      return super.checkFirst();
    }

    @HealthCheck('private')
    // @ts-expect-error -- nobody calls it by name
    private checkAll(): void {}
  }
  assertType<Store<{ id: number }>>(new Orders([]));
});

describe('@HealthCheck refuses', () => {
  it('a method that returns anything else', () => {
    class Refused {
      // @ts-expect-error -- a boolean
      @HealthCheck('boolean')
      boolean(): boolean {
        return true;
      }

      // @ts-expect-error -- the usual mistake
      @HealthCheck('true')
      isTrue() {
        return true as const;
      }

      // @ts-expect-error -- a number
      @HealthCheck('number')
      number(): number {
        return 1;
      }

      // @ts-expect-error -- a text that is no status
      @HealthCheck('string')
      string(): string {
        return 'healthy';
      }

      // @ts-expect-error -- the word of another library
      @HealthCheck('up')
      up() {
        return 'up' as const;
      }

      // @ts-expect-error -- null
      @HealthCheck('null')
      nothing(): null {
        return null;
      }

      // @ts-expect-error -- an object of another shape
      @HealthCheck('object')
      object() {
        return { ok: true };
      }

      // @ts-expect-error -- a status of Terminus outside an entry
      @HealthCheck('entry')
      entry() {
        return { status: 'up' as const };
      }

      // @ts-expect-error -- a list
      @HealthCheck('array')
      array(): HealthOutcome[] {
        return [healthy()];
      }

      // @ts-expect-error -- a boolean, later
      @HealthCheck('promise')
      async promise(): Promise<boolean> {
        return true;
      }

      // @ts-expect-error -- a boolean in one case
      @HealthCheck('sometimes')
      sometimes(): HealthOutcome | boolean {
        return true;
      }
    }
    assertType<object>(new Refused());
  });

  it('a method that takes anything but the context', () => {
    class Refused {
      // @ts-expect-error -- nobody would pass a text
      @HealthCheck('text')
      text(_text: string): void {}

      // @ts-expect-error -- nobody would pass a second argument
      @HealthCheck('second')
      second(_context: HealthCheckContext, _second: object): void {}
    }
    assertType<object>(new Refused());
  });

  it('what is no method', () => {
    // @ts-expect-error -- a class
    @HealthCheck('class')
    class Refused {
      // @ts-expect-error -- a property
      @HealthCheck('property')
      property = 1;

      // @ts-expect-error -- an arrow function in a property
      @HealthCheck('arrow')
      arrow = (): void => {};

      // @ts-expect-error -- an accessor
      @HealthCheck('accessor')
      get accessor(): number {
        return 1;
      }

      // @ts-expect-error -- a parameter
      parameter(@HealthCheck('parameter') _parameter: string): void {}
    }
    assertType<object>(Refused);
  });
});

it('A name is a text, a function of the instance, or nothing', () => {
  class Connection {
    readonly connectionName: string = 'orders';

    @HealthCheck((self) => `db:${self.connectionName}`)
    untyped(): void {}

    @HealthCheck((self: Connection) => self.connectionName, { critical: false })
    typed(): void {}
  }

  assertType<object>(new Connection());
  expectTypeOf(HealthCheck).toBeCallableWith();
  expectTypeOf(HealthCheck).toBeCallableWith(undefined, { timeoutMs: 5 });
  // @ts-expect-error -- a number
  assertType(HealthCheck(5));
  // @ts-expect-error -- a function that makes no text
  assertType(HealthCheck(() => 5));
  // @ts-expect-error -- options where the name stands
  assertType(HealthCheck({ critical: false }));
});

it('Options are those of a check', () => {
  assertType(HealthCheck('disk', { timeoutMs: 500, critical: false, probes: ['liveness'] }));
  assertType(HealthCheck('disk', { timeoutMs: undefined, critical: undefined, probes: [] }));
  // @ts-expect-error -- no such option
  assertType(HealthCheck('disk', { timeout: 500 }));
  // @ts-expect-error -- a text
  assertType(HealthCheck('disk', { timeoutMs: '500' }));
  // @ts-expect-error -- a text
  assertType(HealthCheck('disk', { critical: 'yes' }));
  // @ts-expect-error -- no such probe
  assertType(HealthCheck('disk', { probes: ['startup'] }));
});
