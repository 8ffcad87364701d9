import { Controller, Get, Module, Param } from '@nestjs/common';
import { ObservabilityModule, SentryService } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../../support/boot.js';
import { Gate } from '../../../support/gate.js';
import { startReceiver, type SentryEvent } from '../../../support/sentry-receiver.js';
import { bootSentry, shareSentry } from '../sentry-app.js';

const fail = (): never => {
  throw new Error('trap');
};

const shared = shareSentry();

async function arrival(eventId: string | null): Promise<SentryEvent> {
  return shared.receiver.waitFor(eventId);
}

const messagesOf = ({ breadcrumbs = [] }: SentryEvent): unknown[] =>
  breadcrumbs.map(({ message }) => message).filter((message) => message !== undefined);

describe('withScope()', () => {
  it('holds for what is captured in it, and no longer', async () => {
    const { sentry } = shared;
    const inside = sentry.withScope((scope) => {
      scope.setTag('order', 5);
      scope.setUser({ id: 7 });
      scope.setContext('cart', { items: 2 });
      scope.setFingerprint(['orders']);
      scope.setLevel('warn');
      scope.addBreadcrumb({ message: 'paid' });
      return sentry.captureException(new Error('inside'));
    });
    const after = await arrival(sentry.captureMessage('after'));
    const event = await arrival(inside);

    expect(event).toMatchObject({
      tags: { order: 5 },
      user: { id: 7 },
      contexts: { cart: { items: 2 } },
      fingerprint: ['orders'],
      level: 'warning',
    });
    expect(messagesOf(event)).toEqual(['paid']);
    expect(after.tags ?? {}).not.toHaveProperty('order');
    expect(after.user ?? {}).not.toHaveProperty('id');
    expect(after.contexts).not.toHaveProperty('cart');
    expect(messagesOf(after)).toEqual([]);
  });

  it('holds across awaits, and beside another that waits at the same time', async () => {
    const { sentry } = shared;
    const gates = [new Gate(), new Gate()];
    const work = gates.map((gate, n) =>
      sentry.withScope(async (scope) => {
        scope.setTag('work', n);
        await gate.opened;
        await Promise.resolve();
        return sentry.captureMessage(`of ${n}`);
      }),
    );
    for (const gate of gates.toReversed()) gate.open();
    const events = await Promise.all((await Promise.all(work)).map((id) => arrival(id)));

    expect(events.map(({ tags }) => tags?.['work'])).toEqual([0, 1]);
  });

  it('throws what the function throws', () => {
    const error = new Error('of the function');

    expect(() =>
      shared.sentry.withScope(() => {
        throw error;
      }),
    ).toThrow(error);
  });
});

describe('What is told is copied and cleaned at the call', () => {
  it('so that a later change, and a secret, do not arrive', async () => {
    const { sentry } = shared;
    const eventId = sentry.isolate(() => {
      const cart = { items: 2, password: 'hunter2', self: {} };
      cart.self = cart;
      sentry.setContext('cart', cart);
      sentry.addBreadcrumb({ message: 'paid', data: cart });
      cart.items = 3;
      return sentry.captureMessage('x');
    });
    const event = await arrival(eventId);
    const copy = { items: 2, password: '[redacted]', self: '[circular]' };

    expect(event.contexts).toMatchObject({ cart: copy });
    expect(event.breadcrumbs?.at(-1)).toMatchObject({ data: copy });
  });

  it('and bounded', async () => {
    const { sentry, receiver } = shared;
    const before = receiver.text.length;
    const huge = Array.from({ length: 500_000 }, (_, n) => `line ${n}`);
    const eventId = sentry.isolate(() => {
      sentry.setContext('log', { huge });
      sentry.setTag('huge', huge.join(' '));
      sentry.setTag(huge.join(' '), 'huge');
      sentry.addBreadcrumb({ message: huge.join(' '), data: { huge } });
      sentry.setUser({ id: huge.join(' ') });
      return sentry.captureMessage('x');
    });
    await arrival(eventId);

    expect(receiver.text.length - before).toBeLessThan(100_000);
  });

  it.each<[string, unknown]>([
    ['a symbol', Symbol('x')],
    ['an object whose toString throws', { toString: fail, toJSON: fail }],
    [
      'an object whose getter throws',
      {
        get broken() {
          return fail();
        },
      },
    ],
    ['a frozen error', Object.freeze(new Error('x'))],
    [
      'a proxy whose traps throw',
      new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail }),
    ],
    ['null', null],
    ['undefined', undefined],
    ['a bigint', 10n],
  ])('and takes %s anywhere', async (_what, value) => {
    const { sentry } = shared;
    const hostile = value as never;
    const eventId = sentry.isolate(() =>
      sentry.withScope((scope) => {
        for (const told of [sentry, scope]) {
          told.setUser(hostile);
          told.setTag(hostile, hostile);
          told.setTag('a', hostile);
          told.setContext(hostile, hostile);
          told.setContext('b', hostile);
          told.addBreadcrumb(hostile);
          told.addBreadcrumb({
            message: hostile,
            level: hostile,
            data: hostile,
            timestamp: hostile,
          });
        }
        scope.setLevel(hostile);
        scope.setFingerprint(hostile);
        return sentry.captureMessage('x');
      }),
    );

    expect(await arrival(eventId)).toHaveProperty('message', 'x');
  });
});

describe('addBreadcrumb()', () => {
  it('keeps the time of the call, or the one that is given, and the level in the SDK’s word', async () => {
    const { sentry } = shared;
    const before = Date.now() / 1_000;
    const event = await arrival(
      sentry.isolate(() => {
        sentry.addBreadcrumb({ message: 'given', timestamp: 1_700_000_000, level: 'warn' });
        sentry.addBreadcrumb({ message: 'now', category: 'shop', type: 'http' });
        return sentry.captureMessage('x');
      }),
    );
    const [given, now] = event.breadcrumbs?.slice(-2) ?? [];

    expect(given).toMatchObject({ timestamp: 1_700_000_000, level: 'warning' });
    expect(now).toMatchObject({ category: 'shop', type: 'http', message: 'now' });
    expect(now?.timestamp).toBeGreaterThanOrEqual(before);
    expect(now?.timestamp).toBeLessThanOrEqual(event.timestamp ?? 0);
  });

  it('asks the application’s beforeBreadcrumb, and keeps as many as the application says', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({
      sentry: {
        dsn: receiver.dsn,
        release: 'breadcrumbs',
        maxBreadcrumbs: 2,
        beforeBreadcrumb: (step: { message?: string }) =>
          step.message === 'secret' ? null : { ...step, category: 'seen' },
      },
    });
    const eventId = sentry.isolate(() => {
      for (const message of ['a', 'secret', 'b', 'secret', 'c']) sentry.addBreadcrumb({ message });
      return sentry.captureMessage('x');
    });
    const { breadcrumbs } = await receiver.waitFor(eventId);

    expect(breadcrumbs).toMatchObject([
      { message: 'b', category: 'seen' },
      { message: 'c', category: 'seen' },
    ]);
  });

  it('keeps none where the application’s beforeBreadcrumb throws', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({
      sentry: { dsn: receiver.dsn, release: 'broken breadcrumbs', beforeBreadcrumb: fail },
    });
    const eventId = sentry.isolate(() => {
      sentry.addBreadcrumb({ message: 'raw' });
      return sentry.captureMessage('x');
    });

    expect(messagesOf(await receiver.waitFor(eventId))).toEqual([]);
  });
});

const gates = new Map<string, Gate>();

@Controller()
class ShopController {
  constructor(private readonly sentry: SentryService) {}

  @Get('shop/:id')
  async shop(@Param('id') id: string): Promise<string | null> {
    this.sentry.setTag(`tag-${id}`, id);
    this.sentry.setUser({ id });
    this.sentry.setContext(`context-${id}`, { id });
    this.sentry.addBreadcrumb({ message: id });
    await gates.get(id)?.opened;
    return this.sentry.captureMessage(`of ${id}`);
  }
}
Reflect.defineMetadata('design:paramtypes', [SentryService], ShopController);

describe.each(PLATFORMS)('Two hundred requests at a time on %s', (platform) => {
  it('see nothing of one another', async () => {
    const receiver = await startReceiver();
    @Module({
      imports: [ObservabilityModule.forRoot({ sentry: { dsn: receiver.dsn, release: platform } })],
      controllers: [ShopController],
    })
    class AppModule {}
    const { get } = await boot(AppModule, platform);
    const ids = Array.from({ length: 200 }, (_, n) => `id${n}`);
    for (const id of ids) gates.set(id, new Gate());
    const answers = ids.map(async (id) => (await get(`/shop/${id}`)).text());
    for (const gate of [...gates.values()].toReversed()) gate.open();
    // The SDK sends 64 at a time at the most, and lets the rest go.
    const eventIds = await Promise.all(answers);
    await receiver.waitUntil(() => (receiver.events.length >= 60 ? true : undefined), 'A part');

    expect(new Set(eventIds).size).toBe(200);
    for (const event of receiver.events) {
      const id = String(event.message).replace('of ', '');
      expect(Object.keys(event.tags ?? {}).filter((tag) => tag.startsWith('tag-'))).toEqual([
        `tag-${id}`,
      ]);
      expect(event.user).toEqual({ id });
      expect(
        Object.keys(event.contexts ?? {}).filter((name) => name.startsWith('context-')),
      ).toEqual([`context-${id}`]);
      expect(messagesOf(event)).toEqual([id]);
    }
  });
});
