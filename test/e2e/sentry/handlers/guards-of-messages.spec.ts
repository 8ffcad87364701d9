import { once } from 'node:events';
import type { Server } from 'node:net';
import {
  Controller,
  Injectable,
  UseGuards,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SentryService } from 'nestjs-observability';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { boot } from '../../../support/boot.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf, type HandlerEvent } from './handlers-app.js';

interface Message {
  readonly user?: string;
  readonly fails?: string;
}

/** Knows who has sent a message, as guards of real applications do. */
@Injectable()
class UserGuard implements CanActivate {
  constructor(private readonly sentry: SentryService) {}

  canActivate(context: ExecutionContext): boolean {
    const isRpc = context.getType() === 'rpc';
    const host = isRpc ? context.switchToRpc() : context.switchToWs();
    const { user, fails }: Message = host.getData();
    if (user !== undefined) this.sentry.setUser({ id: user });
    if (fails === 'guard') throw new Error('in the guard');
    return true;
  }
}

function handle({ fails }: Message): string {
  if (fails === 'text') throw 'a text';
  if (fails === 'handler') throw new Error('in the handler');
  return 'fine';
}

@Controller()
@UseGuards(UserGuard)
class Orders {
  @MessagePattern('order')
  order(@Payload() message: Message): string {
    return handle(message);
  }
}

@WebSocketGateway()
@UseGuards(UserGuard)
class OrdersGateway {
  @SubscribeMessage('order')
  order(@MessageBody() message: Message): string {
    return handle(message);
  }
}

/** Sends a message, and waits for its answer. */
type Send = (message: Message) => Promise<unknown>;

function moduleFor({ dsn }: SentryReceiver, parts: object): DynamicModule {
  return handlersModule(parts, { sentry: { dsn } });
}

async function microservice(receiver: SentryReceiver): Promise<Send> {
  const module = moduleFor(receiver, { controllers: [Orders] });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
    logger: false,
  });
  onTestFinished(() => app.close());
  await app.listen();
  const { port } = app.unwrap<Server>().address() as { port: number };
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  onTestFinished(() => void client.close());
  return async (message) =>
    lastValueFrom(client.send<unknown>('order', message)).catch((error: unknown) => error);
}

async function gateway(receiver: SentryReceiver): Promise<Send> {
  const module = moduleFor(receiver, { providers: [OrdersGateway] });
  const { url } = await boot(module, 'express', (app) => {
    app.useWebSocketAdapter(new WsAdapter(app));
  });
  const socket = new WebSocket(url.replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return async (message) => {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify({ event: 'order', data: message }));
    // What a handler returns is not sent to this kind of client, only what goes wrong.
    return message.fails === undefined ? undefined : answered;
  };
}

function userOf(event: HandlerEvent): unknown {
  return event.user?.['id'];
}

describe.each([
  ['a microservice', microservice],
  ['a gateway', gateway],
])('A message to %s', (_what, start) => {
  it('has the user that its guard has told of, and no other message has', async () => {
    const receiver = await startReceiver();
    const send = await start(receiver);
    await send({ user: 'ann', fails: 'handler' });
    await send({ user: 'bob', fails: 'guard' });
    await send({ fails: 'handler' });
    const events = await arrived(receiver, 3);

    const users = events.map((event) => [valuesOf([event])[0], userOf(event)]);
    expect(inOrder(users)).toEqual([
      ['in the guard', 'bob'],
      ['in the handler', 'ann'],
      ['in the handler', undefined],
    ]);
  });

  it('is one event where its handler throws a text', async () => {
    const receiver = await startReceiver();
    const send = await start(receiver);
    await send({ fails: 'text' });
    await send({ fails: 'text' });
    await send({ fails: 'handler' });
    const events = await arrived(receiver, 3);

    expect(inOrder(valuesOf(events))).toEqual(['a text', 'a text', 'in the handler']);
  });
});
