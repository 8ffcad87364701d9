import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import {
  Catch,
  Controller,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  UsePipes,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  type PipeTransform,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  BaseWsExceptionFilter,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import { ObservabilityModule, SentryService } from 'nestjs-observability';
import { lastValueFrom, throwError } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot } from '../../../support/boot.js';
import { MemoryLog } from '../../../support/log.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';
import { valuesOf } from './asked.js';

/** A client of the package `ws`, which has no types of its own. */
interface Client {
  once(event: 'open' | 'message', listener: (data: Buffer) => void): void;
  send(text: string): void;
  terminate(): void;
}

const { WebSocket } = createRequire(import.meta.url)('ws') as {
  readonly WebSocket: new (url: string) => Client;
};

@Injectable()
class FailingGuard implements CanActivate {
  canActivate(): boolean {
    throw new Error('in a guard');
  }
}

@Injectable()
class StringGuard implements CanActivate {
  canActivate(): boolean {
    // eslint-disable-next-line no-throw-literal
    throw 'a string';
  }
}

@Injectable()
class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class FailingPipe implements PipeTransform {
  transform(): never {
    throw new Error('in a pipe');
  }
}

@Catch()
class AnsweringFilter implements ExceptionFilter {
  catch(): unknown {
    return throwError(() => ({ by: 'filter' }));
  }
}

@Catch()
class GatewayFilter extends BaseWsExceptionFilter {}

const UNEXPECTED = {
  guard: 'in a guard',
  string: 'a string',
  pipe: 'in a pipe',
  handler: 'in a handler',
  filtered: 'for a filter',
};

const EXPECTED = ['refused', 'expected'];

@Controller()
class OrdersController {
  @MessagePattern('guard')
  @UseGuards(FailingGuard)
  guard(): void {}

  @MessagePattern('string')
  @UseGuards(StringGuard)
  string(): void {}

  @MessagePattern('refused')
  @UseGuards(RefusingGuard)
  refused(): void {}

  @MessagePattern('pipe')
  @UsePipes(FailingPipe)
  pipe(@Payload() _data: unknown): void {}

  @MessagePattern('handler')
  handler(): never {
    throw new Error('in a handler');
  }

  @MessagePattern('expected')
  expected(): never {
    throw new RpcException('no such order');
  }

  @MessagePattern('filtered')
  @UseFilters(AnsweringFilter)
  filtered(): never {
    throw new Error('for a filter');
  }
}

@WebSocketGateway()
class OrdersGateway {
  @SubscribeMessage('guard')
  @UseGuards(FailingGuard)
  guard(): void {}

  @SubscribeMessage('string')
  @UseGuards(StringGuard)
  string(): void {}

  @SubscribeMessage('refused')
  @UseGuards(RefusingGuard)
  refused(): void {}

  @SubscribeMessage('pipe')
  @UsePipes(FailingPipe)
  pipe(@MessageBody() _data: unknown): void {}

  @SubscribeMessage('handler')
  handler(): never {
    throw new Error('in a handler');
  }

  @SubscribeMessage('expected')
  expected(): never {
    throw new WsException('no such order');
  }

  @SubscribeMessage('filtered')
  @UseFilters(new GatewayFilter({ includeCause: false }))
  filtered(): never {
    throw new Error('for a filter');
  }
}

@Module({})
class MessagesModule {}

function moduleWith(dsn: string | undefined, parts: Partial<DynamicModule>): DynamicModule {
  return {
    module: MessagesModule,
    imports: dsn === undefined ? [] : [ObservabilityModule.forRoot({ sentry: { dsn } })],
    ...parts,
  };
}

interface Messaging {
  readonly log: MemoryLog;
  /** Sends a message. @returns what answers it. */
  readonly send: (name: string) => Promise<unknown>;
  readonly flush: () => Promise<unknown>;
}

async function bootMicroservice(dsn: string | undefined): Promise<Messaging> {
  const log = new MemoryLog();
  const options = { host: '127.0.0.1', port: 0 };
  const app = await NestFactory.createMicroservice(
    moduleWith(dsn, { controllers: [OrdersController] }),
    {
      transport: Transport.TCP,
      options,
      logger: log,
    },
  );
  onTestFinished(() => app.close());
  await app.listen();
  const { port } = app.unwrap<Server>().address() as AddressInfo;
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { ...options, port },
  });
  onTestFinished(() => client.close());
  return {
    log,
    send: (name) => lastValueFrom(client.send(name, {})).catch((error: unknown) => error),
    flush: async () => dsn && app.get(SentryService).flush(),
  };
}

async function bootGateway(dsn: string | undefined): Promise<Messaging> {
  const { app, log, url } = await boot(
    moduleWith(dsn, { providers: [OrdersGateway] }),
    'express',
    (host) => {
      host.useWebSocketAdapter(new WsAdapter(host));
    },
  );
  const socket = new WebSocket(url.replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  await new Promise((resolve) => {
    socket.once('open', resolve);
  });
  const send = (name: string): Promise<unknown> =>
    new Promise((resolve) => {
      socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString('utf8'))));
      socket.send(JSON.stringify({ event: name, data: { id: 1 } }));
    });
  return { log, send, flush: async () => dsn && app.get(SentryService).flush() };
}

async function told(
  { send, flush }: Messaging,
  receiver: SentryReceiver,
  names: readonly string[],
): Promise<unknown[]> {
  const values = [];
  for (const name of names) {
    const before = receiver.events.length;
    await send(name);
    await flush();
    values.push([name, ...valuesOf(receiver.events.slice(before))]);
  }
  return values;
}

async function behaviour({ log, send }: Messaging): Promise<unknown> {
  const answers = [];
  log.lines.length = 0;
  for (const name of [...Object.keys(UNEXPECTED), ...EXPECTED]) {
    answers.push([name, await send(name)]);
  }
  return { answers, log: [...log.lines] };
}

describe.each([
  ['microservice', bootMicroservice],
  ['gateway', bootGateway],
])('What a message to a %s ends with', (_, bootMessaging) => {
  it('is one event each, unless it is an answer', async () => {
    const receiver = await startReceiver();
    const app = await bootMessaging(receiver.dsn);

    expect(await told(app, receiver, Object.keys(UNEXPECTED))).toEqual(Object.entries(UNEXPECTED));
    expect(await told(app, receiver, EXPECTED)).toEqual(EXPECTED.map((name) => [name]));
  });

  it('is one event for each message that throws the same', async () => {
    const receiver = await startReceiver();
    const app = await bootMessaging(receiver.dsn);

    expect(await told(app, receiver, ['string', 'string'])).toEqual([
      ['string', 'a string'],
      ['string', 'a string'],
    ]);
  });

  it('is answered and logged as without the module', async () => {
    const { dsn } = await startReceiver();
    const before = await behaviour(await bootMessaging(undefined));

    expect(await behaviour(await bootMessaging(''))).toEqual(before);
    expect(await behaviour(await bootMessaging(dsn))).toEqual(before);
  });
});

it('A gateway has the filters that it had before, once the application has closed', async () => {
  const { dsn } = await startReceiver();
  const { app } = await boot(moduleWith(dsn, { providers: [OrdersGateway] }), 'express', (host) => {
    host.useWebSocketAdapter(new WsAdapter(host));
  });
  expect(Reflect.getMetadata('__exceptionFilters__', OrdersGateway)).toHaveLength(1);
  await app.close();

  expect(Reflect.hasMetadata('__exceptionFilters__', OrdersGateway)).toBe(false);
});
