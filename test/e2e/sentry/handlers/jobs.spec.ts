import { Injectable } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { SentryService } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, type BootedApp } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf } from './handlers-app.js';

const NEVER = '0 0 1 1 *';

class BaseJobs {
  @Cron(NEVER, { name: 'inherited', waitForCompletion: true })
  inherited(): void {
    throw new Error('inherited job');
  }

  @Cron(NEVER, { name: 'overridden' })
  overridden(): void {
    throw new Error('never called');
  }
}

@Injectable()
class Jobs {
  ticks = 0;

  @Interval(1)
  interval(): void {
    this.ticks += 1;
    if (this.ticks === 1) throw new Error('in an interval');
  }

  @Timeout(1)
  async timeout(): Promise<void> {
    await Promise.resolve();
    throw new Error('in a timeout');
  }
}

@Injectable()
class CronOnly extends BaseJobs {
  thrown: unknown = new Error('in a cron job');
  ticks = 0;

  constructor(private readonly sentry: SentryService) {
    super();
  }

  override overridden(): void {}

  @Cron(NEVER, { name: 'cron', waitForCompletion: true })
  async cron(): Promise<void> {
    this.ticks += 1;
    this.sentry.setTag(`tick-${this.ticks}`, true);
    this.sentry.addBreadcrumb({ message: `tick ${this.ticks}` });
    await Promise.resolve();
    throw this.thrown;
  }
}

class MadeByFactory {
  @Cron(NEVER, { name: 'of a factory', waitForCompletion: true })
  run(): void {
    throw new Error('in what a factory has made');
  }
}

/** Made when all classes have their instances. */
const FACTORY = {
  provide: 'JOBS',
  inject: [SentryService],
  useFactory: async () => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    return new MadeByFactory();
  },
};

async function bootJobs(dsn: string | undefined): Promise<BootedApp> {
  const imports = [ScheduleModule.forRoot()];
  return boot(handlersModule({ imports, providers: [CronOnly, FACTORY] }, { sentry: { dsn } }));
}

async function fire({ app }: BootedApp, name: string): Promise<void> {
  await app.get(SchedulerRegistry).getCronJob(name).fireOnTick();
}

describe('A job that throws', () => {
  it.each([
    ['cron', 'CronOnly.cron', 'in a cron job'],
    ['inherited', 'CronOnly.inherited', 'inherited job'],
    ['of a factory', 'MadeByFactory.run', 'in what a factory has made'],
  ])('is one event, and is logged as ever (%s)', async (name, transaction, message) => {
    const receiver = await startReceiver();
    const booted = await bootJobs(receiver.dsn);
    await fire(booted, name);
    const [event] = await arrived(receiver, 1);
    await booted.app.close();

    expect(event).toMatchObject({ transaction, tags: { handler: 'cron' } });
    expect(event?.exception?.values[0]).toMatchObject({ mechanism: { handled: false } });
    expect(valuesOf(receiver.events)).toEqual([message]);
    expect(booted.log.lines.filter((line) => line.context === 'Scheduler')).toHaveLength(1);
  });

  it('is one event, if it is an interval or a timeout', async () => {
    const receiver = await startReceiver();
    const imports = [ScheduleModule.forRoot()];
    const { app } = await boot(
      handlersModule({ imports, providers: [Jobs] }, { sentry: { dsn: receiver.dsn } }),
    );
    const events = await arrived(receiver, 2);
    await app.close();

    expect(events).toHaveLength(2);
    expect(
      inOrder(events.map(({ transaction, tags }) => [transaction, tags?.['handler']])),
    ).toEqual([
      ['Jobs.interval', 'interval'],
      ['Jobs.timeout', 'timeout'],
    ]);
  });

  it.each([
    ['a frozen error', Object.freeze(new Error('frozen')), 'frozen'],
    ['a text', 'just a text', 'just a text'],
    ['nothing', undefined, 'undefined'],
  ])('is one event, if it is %s', async (_what, thrown, value) => {
    const receiver = await startReceiver();
    const booted = await bootJobs(receiver.dsn);
    booted.app.get(CronOnly).thrown = thrown;
    await fire(booted, 'cron');
    await booted.app.close();

    expect(receiver.events).toHaveLength(1);
    expect(receiver.text).toContain(value);
    expect(booted.log.lines.filter((line) => line.context === 'Scheduler')).toHaveLength(1);
  });

  it('keeps to itself what it tells Sentry', async () => {
    const receiver = await startReceiver();
    const booted = await bootJobs(receiver.dsn);
    const jobs = booted.app.get(CronOnly);
    for (const turn of [1, 2, 3]) {
      jobs.thrown = new Error(`turn ${turn}`);
      await fire(booted, 'cron');
    }
    booted.app.get(SentryService).captureMessage('outside');
    await booted.app.close();
    const told = Object.fromEntries(
      (await arrived(receiver, 4)).map(({ message, exception, tags, breadcrumbs }) => [
        message ?? exception?.values[0]?.value,
        [
          ...Object.keys(tags ?? {}).filter((name) => name.startsWith('tick')),
          ...(breadcrumbs ?? [])
            .map((step) => step.message)
            .filter((step) => /tick/.test(`${step}`)),
        ],
      ]),
    );

    expect(told).toEqual({
      'turn 1': ['tick-1', 'tick 1'],
      'turn 2': ['tick-2', 'tick 2'],
      'turn 3': ['tick-3', 'tick 3'],
      outside: [],
    });
  });

  it('whose class overrides a job without being one is left alone', async () => {
    const receiver = await startReceiver();
    const { app } = await bootJobs(receiver.dsn);

    expect(app.get(SchedulerRegistry).getCronJobs().has('overridden')).toBe(false);
    expect(() => BaseJobs.prototype.overridden.call(app.get(CronOnly))).toThrow('never called');
    await app.close();
    expect(receiver.events).toEqual([]);
  });
});
