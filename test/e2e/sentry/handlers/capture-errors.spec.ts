import { Controller, Get, Inject, Injectable, Scope } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import {
  CaptureErrors,
  Counted,
  MetricsRegistry,
  SentryService,
  Timed,
} from 'nestjs-observability';
import { lastValueFrom, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boot, type BootedApp } from '../../../support/boot.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf } from './handlers-app.js';

class Base {
  @CaptureErrors()
  inherited(): void {
    throw new Error('inherited');
  }
}

@Injectable()
class Work extends Base {
  @CaptureErrors({ tags: { queue: 'mail' }, level: 'warning' })
  throws(error: unknown): never {
    throw error;
  }

  @CaptureErrors()
  async rejects(): Promise<void> {
    await Promise.resolve();
    throw new Error('rejects');
  }

  @CaptureErrors()
  fails(): Observable<never> {
    return throwError(() => new Error('fails'));
  }

  @CaptureErrors()
  outer(error: Error): void {
    this.throws(error);
  }

  @CaptureErrors()
  @Timed()
  timedInside(): void {
    throw new Error('timed inside');
  }

  @Counted()
  @CaptureErrors()
  countedOutside(): void {
    throw new Error('counted outside');
  }

  @Cron('0 0 1 1 *', { name: 'job', waitForCompletion: true })
  @CaptureErrors()
  job(): void {
    throw new Error('in a job that is decorated');
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends Base {}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends Base {}

class MadeByFactory extends Base {}

class MadeLater extends Base {}

@Controller()
class Handlers {
  constructor(
    private readonly work: Work,
    @Inject(SentryService) private readonly sentry: SentryService,
  ) {}

  @Get('work')
  get(): string | null {
    const error = new Error('in a request');
    try {
      this.work.outer(error);
    } catch {
      return this.sentry.captureException(error);
    }
    return null;
  }
}

const parts = {
  imports: [ScheduleModule.forRoot()],
  controllers: [Handlers],
  providers: [
    Work,
    PerRequest,
    Transient,
    { provide: 'FACTORY', useFactory: () => new MadeByFactory() },
    { provide: 'FROZEN', useFactory: () => Object.freeze(new MadeByFactory()) },
    { provide: 'PROXY', useFactory: () => new Proxy(new MadeByFactory(), {}) },
    { provide: 'VALUE', useValue: new MadeByFactory() },
  ],
};

async function start({ dsn }: SentryReceiver): Promise<BootedApp> {
  return boot(handlersModule(parts, { sentry: { dsn }, metrics: { enabled: true } }));
}

describe('@CaptureErrors()', () => {
  it('captures what is thrown, rejected and emitted, and hands it on', async () => {
    const receiver = await startReceiver();
    const { app } = await start(receiver);
    const work = app.get(Work);
    const error = new Error('throws');

    expect(() => work.throws(error)).toThrow(error);
    expect(() => work.inherited()).toThrow('inherited');
    await expect(work.rejects()).rejects.toThrow('rejects');
    await expect(lastValueFrom(work.fails())).rejects.toThrow('fails');
    const events = await arrived(receiver, 4);
    const tagged = events.find((event) => valuesOf([event])[0] === 'throws');
    await app.close();

    expect(inOrder(valuesOf(events))).toEqual(['fails', 'inherited', 'rejects', 'throws']);
    expect(tagged).toMatchObject({ level: 'warning', tags: { queue: 'mail' } });
    expect(tagged?.exception?.values[0]).toMatchObject({ mechanism: { handled: false } });
  });

  it('makes one event of an error that passes several of them, a job or a request', async () => {
    const receiver = await startReceiver();
    const { app, get } = await start(receiver);
    const frozen = Object.freeze(new Error('frozen'));

    expect(() => app.get(Work).outer(frozen)).toThrow(frozen);
    await app.get(SchedulerRegistry).getCronJob('job').fireOnTick();
    const eventId = await (await get('/work')).text();
    await receiver.waitFor(eventId);
    await app.close();

    expect(inOrder(valuesOf(receiver.events))).toEqual([
      'frozen',
      'in a job that is decorated',
      'in a request',
    ]);
  });

  it('goes with @Timed and @Counted, whichever is first', async () => {
    const receiver = await startReceiver();
    const { app } = await start(receiver);

    expect(() => app.get(Work).timedInside()).toThrow('timed inside');
    expect(() => app.get(Work).countedOutside()).toThrow('counted outside');
    const scrape = await app.get(MetricsRegistry).expose();
    await app.close();

    expect(inOrder(valuesOf(receiver.events))).toEqual(['counted outside', 'timed inside']);
    expect(scrape).toContain('method="timedInside",outcome="failure"');
    expect(scrape).toContain('method="countedOutside",outcome="failure"');
  });

  it('captures in every instance that NestJS has made, and only runs in any other', async () => {
    const receiver = await startReceiver();
    const { app } = await start(receiver);
    const module = app.get(ModuleRef);
    const made = [
      ['request-scoped', await app.resolve(PerRequest)],
      ['transient', await app.resolve(Transient)],
      ['factory', app.get<Base>('FACTORY')],
      ['frozen', app.get<Base>('FROZEN')],
      ['value', app.get<Base>('VALUE')],
      ['made later', await module.create(MadeLater)],
    ] as const;
    for (const [what, instance] of made) {
      const before = receiver.events.length;

      expect(() => instance.inherited(), what).toThrow('inherited');
      await arrived(receiver, before + 1);
    }
    expect(() => app.get<Base>('PROXY').inherited()).toThrow('inherited');
    expect(() => new MadeByFactory().inherited()).toThrow('inherited');
    expect(() => Base.prototype.inherited.call(undefined as never)).toThrow('inherited');
    expect(() => new Proxy(new MadeByFactory(), {}).inherited()).toThrow('inherited');
    await app.close();

    expect(receiver.events).toHaveLength(made.length + 1);
  });
});
