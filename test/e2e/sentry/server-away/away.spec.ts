import { Controller, Get, Module } from '@nestjs/common';
import { ObservabilityModule, SentryService } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot } from '../../../support/boot.js';
import { Gate } from '../../../support/gate.js';
import { startReceiver, type Answering } from '../../../support/sentry-receiver.js';
import { bootSentry } from '../sentry-app.js';

const SERVERS: readonly [string, Answering | 'is down'][] = [
  ['is down', 'is down'],
  ['hangs', 'never answers'],
  ['answers 500', { status: 500, body: 'out of order' }],
  ['answers 413', { status: 413 }],
  ['answers 429 with Retry-After', { status: 429, headers: { 'retry-after': '60' } }],
  ['sets a rate limit', { headers: { 'x-sentry-rate-limits': '60:error:organization' } }],
  ['sets a rate limit that is none', { headers: { 'x-sentry-rate-limits': '::::x;;,,' } }],
  ['answers what is no JSON', { body: '<html>' }],
  ['answers what is no HTTP', 'answers garbage'],
  ['resets the connection', 'resets the connection'],
];

async function dsnOf(answering: Answering | 'is down'): Promise<string> {
  if (answering === 'is down') return 'http://key@127.0.0.1:1/1';
  return (await startReceiver(answering)).dsn;
}

describe.each(SERVERS)('With a Sentry server that %s', (_what, answering) => {
  it('no call throws, and each error has its id', async () => {
    const { sentry } = await bootSentry({ sentry: { dsn: await dsnOf(answering) } });
    onTestFinished(async () => void (await sentry.close(1)));
    const ids = [1, 2, 3].map((n) => sentry.captureException(new Error(`x ${n}`)));
    sentry.withScope((scope) => scope.setTag('a', 1));
    sentry.addBreadcrumb({ message: 'x' });

    expect(typeof (await sentry.flush(50))).toBe('boolean');
    ids.push(sentry.captureMessage('after what the server has said'));
    expect(typeof (await sentry.flush(50))).toBe('boolean');
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(sentry.enabled).toBe(true);
  });
});

describe('A request whose error is captured', () => {
  it('is answered while the Sentry server has not answered yet', async () => {
    const gate = new Gate();
    const receiver = await startReceiver({ after: gate.opened });

    @Controller()
    class ShopController {
      constructor(private readonly sentry: SentryService) {}

      @Get('order')
      order(): string | null {
        return this.sentry.captureException(new Error('lost'));
      }
    }
    Reflect.defineMetadata('design:paramtypes', [SentryService], ShopController);

    @Module({
      imports: [ObservabilityModule.forRoot({ sentry: { dsn: receiver.dsn } })],
      controllers: [ShopController],
    })
    class AppModule {}
    const { app, get } = await boot(AppModule);
    const answered = await (await get('/order')).text();
    await receiver.waitFor(answered);
    const again = await (await get('/order')).text();

    // Nothing that was sent has been answered so far.
    expect(await app.get(SentryService).flush(1)).toBe(false);
    expect(again).toMatch(/^[0-9a-f]{32}$/);
    gate.open();
    expect(await app.get(SentryService).flush()).toBe(true);
    expect(receiver.events.map((event) => event.event_id)).toEqual([answered, again]);
  });
});

it('A server that was away is told of what happens after it is back', async () => {
  const receiver = await startReceiver({ status: 500 });
  const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
  await receiver.waitFor(sentry.captureMessage('refused'));
  await sentry.flush();
  receiver.answering = 'answers';
  await receiver.waitFor(sentry.captureMessage('taken'));

  expect(await sentry.flush()).toBe(true);
});

it('A rate limit is kept: nothing more is sent before its time', async () => {
  const receiver = await startReceiver({ status: 429, headers: { 'retry-after': '60' } });
  const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
  await receiver.waitFor(sentry.captureMessage('refused'));
  await sentry.flush();
  const { requests } = receiver;
  for (let n = 0; n < 50; n += 1) sentry.captureMessage(`held back ${n}`);

  expect(await sentry.flush()).toBe(true);
  expect(receiver.requests).toBe(requests);
});
