import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  BadRequestException,
  Controller,
  Get,
  Inject,
  Scope,
  ServiceUnavailableException,
  UseInterceptors,
  type CallHandler,
  type DynamicModule,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { SentryService } from 'nestjs-observability';
import {
  concat,
  defer,
  firstValueFrom,
  lastValueFrom,
  map,
  of,
  Subject,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot } from '../../../support/boot.js';
import { Gate } from '../../../support/gate.js';
import { MemoryLog } from '../../../support/log.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf, type HandlerEvent } from './handlers-app.js';

class Passing implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => value));
  }
}

const received = { event: new Gate() };

@Controller()
class Orders {
  readonly emitter = new Subject<number>();

  constructor(@Inject(SentryService) private readonly sentry: SentryService) {}

  @MessagePattern('sync')
  sync(): string {
    throw new Error('sync');
  }

  @MessagePattern('async')
  async async(@Payload('name') name: string): Promise<string> {
    this.sentry.setTag(`of-${name}`, true);
    this.sentry.setUser({ id: name });
    this.sentry.addBreadcrumb({ message: `step of ${name}` });
    await new Promise(setImmediate);
    if (name === 'fine') return name;
    throw new Error(name);
  }

  @MessagePattern('stream')
  stream(@Payload('name') name: string): Observable<number> {
    return this.failing(name);
  }

  @MessagePattern('late stream')
  async lateStream(@Payload('name') name: string): Promise<Observable<number>> {
    await Promise.resolve();
    return this.failing(name);
  }

  @MessagePattern('intercepted stream')
  @UseInterceptors(Passing)
  interceptedStream(@Payload('name') name: string): Observable<number> {
    this.sentry.setTag(`before-${name}`, true);
    return this.failing(name);
  }

  private failing(name: string): Observable<number> {
    return concat(
      of(1),
      defer(() => {
        this.sentry.setTag(`of-${name}`, true);
        return throwError(() => new Error(name));
      }),
    );
  }

  @MessagePattern('pushed')
  pushed(@Payload('name') name: string): Observable<number> {
    this.sentry.setTag(`of-${name}`, true);
    return this.emitter.pipe(map(() => 2));
  }

  @MessagePattern('rpc exception')
  rpcException(): string {
    throw new RpcException('as agreed');
  }

  @MessagePattern('400')
  badRequest(): string {
    throw new BadRequestException();
  }

  @MessagePattern('503')
  unavailable(): string {
    throw new ServiceUnavailableException('503');
  }

  @MessagePattern('fine')
  fine(@Payload() payload: unknown): unknown {
    return payload;
  }

  @EventPattern('happened')
  happened(_data: unknown): void {
    setImmediate(() => received.event.open());
    throw new Error('of an event');
  }

  @Get('captured')
  captured(): string | null {
    return this.sentry.captureMessage('of HTTP');
  }
}

@Controller({ scope: Scope.REQUEST })
class ScopedOrders {
  @MessagePattern('scoped')
  async scoped(@Payload('name') name: string): Promise<string> {
    await Promise.resolve();
    throw new Error(name);
  }
}

interface Service {
  readonly client: ClientProxy;
  readonly log: MemoryLog;
}

const controllers = [Orders, ScopedOrders];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function connect(port: number): Promise<ClientProxy> {
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  await client.connect();
  onTestFinished(() => void client.close());
  return client;
}

async function standalone(module: DynamicModule): Promise<Service> {
  const log = new MemoryLog();
  const port = await freePort();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
    logger: log,
    abortOnError: false,
  });
  onTestFinished(() => app.close());
  await app.listen();
  return { client: await connect(port), log };
}

async function hybrid(module: DynamicModule): Promise<Service & { url: string }> {
  const port = await freePort();
  const { log, url } = await boot(module, 'express', async (app) => {
    app.connectMicroservice<MicroserviceOptions>({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    await app.startAllMicroservices();
  });
  return { client: await connect(port), log, url };
}

/** A pattern, the transaction and the error of its event, and which tags that has. */
const FAILING: readonly [string, string, string, string[]][] = [
  ['sync', 'Orders.sync', 'sync', []],
  ['async', 'Orders.async', 'late async', ['of-late async']],
  ['stream', 'Orders.stream', 'late stream', ['of-late stream']],
  ['late stream', 'Orders.lateStream', 'late late stream', ['of-late late stream']],
  [
    'intercepted stream',
    'Orders.interceptedStream',
    'late intercepted stream',
    ['before-late intercepted stream', 'of-late intercepted stream'],
  ],
  ['503', 'Orders.unavailable', '503', []],
  ['scoped', 'ScopedOrders.scoped', 'late scoped', []],
];

const KINDS = [
  ['standalone', standalone],
  ['hybrid', hybrid],
] as const;

/** What the one who has sent a message gets. */
async function ask({ client }: Service, pattern: string, data: unknown = {}): Promise<unknown> {
  return lastValueFrom(client.send<unknown>(pattern, data).pipe(toArray())).catch(
    (error: unknown) => ({ error }),
  );
}

function withSentry({ dsn }: SentryReceiver): DynamicModule {
  // The SDK sends no more than 64 at a time, and refuses all others.
  return handlersModule(
    { controllers },
    { sentry: { dsn, transportOptions: { bufferSize: 500 } } },
  );
}

function tagsOf(event: HandlerEvent | undefined): string[] {
  return Object.keys(event?.tags ?? {}).filter((name) => /^(of|before)-/.test(name));
}

/** In no order: they arrive in any. */
function told(events: readonly HandlerEvent[]): unknown[] {
  return inOrder(events.map((event) => [event.transaction, ...valuesOf([event]), tagsOf(event)]));
}

describe.each(KINDS)('A %s microservice', (_kind, start) => {
  it('captures once what a handler fails with, with what it has told Sentry', async () => {
    const receiver = await startReceiver();
    const service = await start(withSentry(receiver));
    for (const [pattern] of FAILING) {
      const answer = await ask(service, pattern, { name: `late ${pattern}` });

      expect(answer).toEqual({ error: { status: 'error', message: 'Internal server error' } });
    }
    const events = await arrived(receiver, FAILING.length);

    expect(told(events)).toEqual(inOrder(FAILING.map(([, ...expected]) => expected)));
    for (const { tags, exception } of events) {
      expect(tags).toMatchObject({ handler: 'message_pattern' });
      expect(exception?.values[0]).toMatchObject({ mechanism: { handled: false } });
    }
  });

  it('captures what a handler of events fails with, and no answer that is expected', async () => {
    const receiver = await startReceiver();
    const service = await start(withSentry(receiver));
    received.event = new Gate();
    for (const pattern of ['rpc exception', '400', 'fine']) await ask(service, pattern);
    await lastValueFrom(service.client.emit('happened', {}), { defaultValue: undefined });
    await received.event.opened;
    const events = await arrived(receiver, 1);

    expect(valuesOf(events)).toEqual(['of an event']);
    expect(events[0]).toMatchObject({
      transaction: 'Orders.happened',
      tags: { handler: 'event_pattern' },
    });
  });

  it('answers as it does without the module', async () => {
    const receiver = await startReceiver();
    const withModule = await start(withSentry(receiver));
    const off = await start(handlersModule({ controllers }, {}));
    const without = await start(
      handlersModule(
        { controllers, providers: [{ provide: SentryService, useValue: new SentryService() }] },
        undefined,
      ),
    );
    const patterns = ['sync', 'async', 'stream', 'late stream', 'intercepted stream', 'scoped'];
    for (const pattern of [...patterns, 'rpc exception', '400', '503', 'fine', 'unknown']) {
      const data = { name: 'late', pattern };
      const expected = await ask(without, pattern, data);

      expect(await ask(withModule, pattern, data), pattern).toEqual(expected);
      expect(await ask(off, pattern, data), pattern).toEqual(expected);
    }
    expect(await ask(withModule, 'async', { name: 'fine' })).toEqual(['fine']);
  });
});

describe('100 messages at a time', () => {
  it('keep to themselves what they tell Sentry', async () => {
    const receiver = await startReceiver();
    const service = await hybrid(withSentry(receiver));
    const names = Array.from({ length: 100 }, (_, index) => `m${index}`);
    await Promise.all(
      names.map((name, index) =>
        ask(service, ['async', 'stream', 'late stream'][index % 3] as string, { name }),
      ),
    );
    await fetch(`${service.url}/captured`);
    const events = await arrived(receiver, 101);
    const ofHttp = events.find((event) => event.message === 'of HTTP');

    expect(events).toHaveLength(101);
    for (const event of events) {
      const value = event.exception?.values[0]?.value;
      expect(tagsOf(event)).toEqual(value === undefined ? [] : [`of-${value}`]);
      expect([undefined, value]).toContain(event.user?.['id']);
      const steps = (event.breadcrumbs ?? []).filter((step) => step.message?.startsWith('step of'));
      for (const step of steps) expect(step.message).toBe(`step of ${value}`);
    }
    expect(ofHttp).toBeDefined();
    expect(ofHttp).not.toHaveProperty('user.id');
  });
});

it('A stream that somebody else makes fail is captured with what its handler has told Sentry', async () => {
  const receiver = await startReceiver();
  const port = await freePort();
  const { app } = await boot(withSentry(receiver), 'express', async (nest) => {
    nest.connectMicroservice<MicroserviceOptions>({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    await nest.startAllMicroservices();
  });
  const client = await connect(port);
  const orders = app.get(Orders);
  const answer = firstValueFrom(client.send('pushed', { name: 'pushed' })).catch(
    (error: unknown) => error,
  );
  // What has been sent before is there when this is answered.
  await firstValueFrom(client.send('fine', {}));
  app.get(SentryService).withScope(() => orders.emitter.error(new Error('pushed')));
  await answer;
  const [event] = await arrived(receiver, 1);

  expect(tagsOf(event)).toEqual(['of-pushed']);
});
