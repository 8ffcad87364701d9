import { once } from 'node:events';
import { BadRequestException, Inject, Injectable, Scope, UseFilters } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { SentryService, type ObservabilityModuleOptions } from 'nestjs-observability';
import { concat, defer, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { boot } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf, type HandlerEvent } from './handlers-app.js';

class Answering implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): void {
    host
      .switchToWs()
      .getClient<WebSocket>()
      .send(JSON.stringify({ filtered: error.message }));
  }
}

@WebSocketGateway({ path: '/orders' })
class Orders {
  constructor(@Inject(SentryService) private readonly sentry: SentryService) {}

  @SubscribeMessage('sync')
  sync(): string {
    throw new Error('sync');
  }

  @SubscribeMessage('async')
  async async(@MessageBody('name') name: string): Promise<string> {
    this.sentry.setTag(`of-${name}`, true);
    await new Promise(setImmediate);
    throw new Error(name);
  }

  @SubscribeMessage('stream')
  async stream(@MessageBody('name') name: string): Promise<Observable<object>> {
    await Promise.resolve();
    return concat(
      of({ event: 'first' }),
      defer(() => {
        this.sentry.setTag(`of-${name}`, true);
        return throwError(() => new Error(name));
      }),
    );
  }

  @SubscribeMessage('filtered')
  @UseFilters(Answering)
  filtered(): string {
    throw new Error('filtered');
  }

  @SubscribeMessage('ws exception')
  wsException(): string {
    throw new WsException('as agreed');
  }

  @SubscribeMessage('400')
  badRequest(): string {
    throw new BadRequestException();
  }

  @SubscribeMessage('fine')
  fine(@MessageBody() body: unknown): object {
    return { event: 'fine', data: body };
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerMessage {
  readonly name = 'scoped';
}

@WebSocketGateway({ path: '/scoped' })
class ScopedOrders {
  constructor(@Inject(PerMessage) private readonly perMessage: PerMessage) {}

  @SubscribeMessage('scoped')
  async scoped(): Promise<string> {
    await Promise.resolve();
    throw new Error(this.perMessage.name);
  }
}

const parts = { providers: [Orders, ScopedOrders, PerMessage] };

type Ask = (event: string, data?: object) => Promise<unknown[]>;

async function bootGateways(options: ObservabilityModuleOptions | undefined): Promise<Ask> {
  const own = { provide: SentryService, useValue: new SentryService() };
  const providers = options === undefined ? [...parts.providers, own] : parts.providers;
  const { url } = await boot(handlersModule({ providers }, options), 'express', (app) => {
    app.useWebSocketAdapter(new WsAdapter(app));
  });
  return async (event, data = {}) => {
    const path = event === 'scoped' ? '/scoped' : '/orders';
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const answers: unknown[] = [];
    socket.on('message', (message: Buffer) => {
      answers.push(JSON.parse(message.toString()));
    });
    socket.send(JSON.stringify({ event, data }));
    await once(socket, 'message');
    if (event === 'stream' && answers.length === 1) await once(socket, 'message');
    socket.close();
    await once(socket, 'close');
    return answers;
  };
}

/** A message, the transaction and the error of its event, and which tags that has. */
const FAILING: readonly [string, string, string, string[]][] = [
  ['sync', 'Orders.sync', 'sync', []],
  ['async', 'Orders.async', 'late-async', ['of-late-async']],
  ['stream', 'Orders.stream', 'late-stream', ['of-late-stream']],
  ['filtered', 'Orders.filtered', 'filtered', []],
  ['scoped', 'ScopedOrders.scoped', 'scoped', []],
];

function tagsOf(event: HandlerEvent): string[] {
  return Object.keys(event.tags ?? {}).filter((name) => name.startsWith('of-'));
}

/** In no order: they arrive in any. */
function told(events: readonly HandlerEvent[]): unknown[] {
  return inOrder(events.map((event) => [event.transaction, ...valuesOf([event]), tagsOf(event)]));
}

describe('A handler of a gateway that throws', () => {
  it('is one event, with what it has told Sentry', async () => {
    const receiver = await startReceiver();
    const ask = await bootGateways({ sentry: { dsn: receiver.dsn } });
    for (const [name] of FAILING) await ask(name, { name: `late-${name}` });
    const events = await arrived(receiver, FAILING.length);

    expect(told(events)).toEqual(inOrder(FAILING.map(([, ...expected]) => expected)));
    for (const { tags } of events) expect(tags).toMatchObject({ handler: 'subscribe_message' });
  });

  it('is no event where the answer is an expected one', async () => {
    const receiver = await startReceiver();
    const ask = await bootGateways({ sentry: { dsn: receiver.dsn } });
    for (const name of ['ws exception', '400', 'fine', 'sync']) await ask(name);

    expect(valuesOf(await arrived(receiver, 1))).toEqual(['sync']);
  });

  it('answers as it does without the module', async () => {
    const receiver = await startReceiver();
    const withModule = await bootGateways({ sentry: { dsn: receiver.dsn } });
    const off = await bootGateways({});
    const without = await bootGateways(undefined);
    const names = ['sync', 'async', 'stream', 'filtered', 'scoped', 'ws exception', '400', 'fine'];
    for (const name of names) {
      const expected = await without(name, { name: 'late' });

      expect(await withModule(name, { name: 'late' }), name).toEqual(expected);
      expect(await off(name, { name: 'late' }), name).toEqual(expected);
    }
  });

  it('keeps to itself what it tells Sentry', async () => {
    const receiver = await startReceiver();
    const ask = await bootGateways({
      sentry: { dsn: receiver.dsn, transportOptions: { bufferSize: 500 } },
    });
    const names = Array.from({ length: 100 }, (_, index) => `w${index}`);
    await Promise.all(
      names.map((name, index) => ask(index % 2 === 0 ? 'async' : 'stream', { name })),
    );
    const events = await arrived(receiver, 100);

    expect(events).toHaveLength(100);
    for (const event of events) expect(tagsOf(event)).toEqual([`of-${valuesOf([event])[0]}`]);
  });
});
