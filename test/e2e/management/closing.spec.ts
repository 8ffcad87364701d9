import { Injectable } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule, SentryService } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/gate.js';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootManaged, bytes, KINDS, managed, MANAGEMENT } from './managed.js';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;

/** The answers of the five routes in each hook of a provider. */
class Watcher {
  readonly seen: Record<string, unknown> = {};
  ask: () => Promise<unknown> = async () => 'nobody asks';

  async onModuleDestroy(): Promise<void> {
    this.seen['onModuleDestroy'] = await this.ask();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.seen['beforeApplicationShutdown'] = await this.ask();
  }

  async onApplicationShutdown(): Promise<void> {
    this.seen['onApplicationShutdown'] = await this.ask();
  }
}

const DRAINING = {
  '/health': 200,
  '/health/live': 200,
  '/health/ready': 503,
  '/metrics': 200,
  '/health/tools': 200,
};

describe.each(KINDS)('while an application of kind %s closes', (kind) => {
  it('the management port says so in each hook of a provider, and is gone afterwards', async () => {
    @Injectable()
    class OfApplication extends Watcher {}
    const { app, get, codes } = await bootManaged(managed({}, [OfApplication]), kind);
    const watcher = app.get(OfApplication);
    watcher.ask = codes;
    expect((await get('/health/ready')).status).toBe(200);
    await app.close();
    expect(watcher.seen).toEqual(Object.fromEntries(HOOKS.map((hook) => [hook, DRAINING])));
    await expect(get('/health/live')).rejects.toThrow('fetch failed');
  });

  it.each<[string, boolean, boolean]>([
    ['in a module behind', true, false],
    ['in a module behind one that is not global', false, false],
    ['in a global module', true, true],
    ['in a global module behind one that is not', false, true],
  ])('so it does in each hook of a provider %s', async (_where, isGlobal, global) => {
    @Injectable()
    class Behind extends Watcher {}
    for (const first of [true, false]) {
      const behind = { module: class BehindModule {}, providers: [Behind], global };
      const observability = ObservabilityModule.forRoot({ management: MANAGEMENT, isGlobal });
      const module = {
        module: class AppModule {},
        imports: first ? [behind, observability] : [observability, behind],
      };
      const { app, codes } = await bootManaged(module, kind);
      const watcher = app.get(Behind);
      watcher.ask = () => codes().catch(() => 'nobody answers');
      await app.close();
      expect(watcher.seen, first ? 'imported first' : 'imported last').toEqual(
        Object.fromEntries(HOOKS.map((hook) => [hook, DRAINING])),
      );
    }
  });

  it('each answer is the last on its connection', async () => {
    const [reached, gate] = [new Gate(), new Gate()];
    const { app, say, get } = await bootManaged(managed({}, [Watcher]), kind);
    app.get(Watcher).ask = () => {
      reached.open();
      return gate.opened;
    };
    const asked = bytes('GET /health/ready HTTP/1.1');
    const closed = app.close();
    await reached.opened;
    // The second of two on one connection is not answered any more: who asks is to connect anew, elsewhere.
    const answers = await say(asked, asked);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 503']);
    expect(answers).toMatch(/^Connection: close\r$/m);
    gate.open();
    await closed;
    await expect(get('/health/live')).rejects.toThrow('fetch failed');
  });

  it('closing twice and at the same time is closing once', async () => {
    const { app, get } = await bootManaged(managed(), kind);
    await Promise.all([app.close(), app.close()]);
    await app.close();
    await expect(get('/health/live')).rejects.toThrow('fetch failed');
  });

  it('a request that is never finished does not hold it up', async () => {
    const { app, connect } = await bootManaged(managed(), kind);
    const socket = connect();
    await new Promise((resolve) => void socket.once('connect', resolve));
    socket.write('GET /health HTTP/1.1\r\nHost: 127');
    const ended = new Promise((resolve) => void socket.once('close', resolve));
    await app.close();
    await expect(ended).resolves.toBeDefined();
  });
});

it('A scrape that waits for a metric when the application closes is ended with it', async () => {
  const [asked, gate] = [new Gate(), new Gate()];
  const { app, say } = await bootManaged(managed({ metrics: { enabled: true } }), 'context');
  app.get(MetricsRegistry).gauge({
    name: 'slow',
    help: 'Slow',
    collect: () => {
      asked.open();
      return gate.opened;
    },
  });
  const scrape = say(bytes('GET /metrics HTTP/1.1'));
  await asked.opened;
  await app.close();
  expect(await scrape).toMatch(/^($|ECONNRESET)/);
  gate.open();
});

it('Whoever asks is answered until Sentry has sent what it holds', async () => {
  const receiver = await startReceiver();
  const { app, get, codes } = await bootManaged(
    managed({ sentry: { dsn: receiver.dsn } }),
    'context',
  );
  const sentry = app.get(SentryService);
  const close = sentry.close.bind(sentry);
  const seen: unknown[] = [];
  sentry.close = async () => {
    const id = sentry.captureException(new Error('The last one'));
    const sent = await close();
    seen.push(
      receiver.events.some(({ event_id }) => event_id === id),
      await codes(),
    );
    return sent;
  };
  await app.close();
  expect(seen).toEqual([true, DRAINING]);
  await expect(get('/health/live')).rejects.toThrow('fetch failed');
});
