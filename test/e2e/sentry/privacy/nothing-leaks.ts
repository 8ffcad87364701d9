import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  attachScrubber,
  type DroppedListener,
} from '../../../../lib/sentry/scrubbing/event-scrubber.js';
import { failBesideLiteral } from './literal-password.js';
import { CANARY, KEY, startPrivateApp, type PrivateApp } from './private-app.js';

const IN_THE_REQUEST = /in-the-query|in-a-cookie|in-a-header|in-the-body|203\.0\.113\.9/;

const FROM_ENVIRONMENT = 'Tr0ub4dor&3 of the environment';

/** What holds on each major of the SDK. */
export function describePrivacy(load: () => Promise<unknown>): void {
  beforeAll(() => {
    vi.stubEnv('SHOP_DB_PASSWORD', FROM_ENVIRONMENT);
    vi.stubEnv('STOCK_URL', 'postgres://shop:Gr33n%2Frabbit@db/stock');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  describe('what is sent', () => {
    it('of a request holds no cookie, credential, address or body', async () => {
      const app = await startPrivateApp(load);
      const text = await app.order();

      expect(app.receiver.events).toHaveLength(1);
      expect(app.receiver.events[0]?.request).toMatchObject({
        method: 'POST',
        url: expect.stringContaining('/orders'),
      });
      expect(app.receiver.events[0]?.user ?? {}).toEqual({});
      expect(text).not.toMatch(IN_THE_REQUEST);
    });

    it('of a traced request holds none either', async () => {
      const app = await startPrivateApp(load, { tracesSampleRate: 1 });
      await app.order();
      const text = await tracesOf(app);

      expect(text).toContain('/orders');
      expect(text).not.toMatch(IN_THE_REQUEST);
      expect(text).not.toMatch(/"net\.(?:peer\.ip|sock\.peer\.addr)":/);
    });

    it('holds what the application asks for, and still no secret', async () => {
      const app = await startPrivateApp(load, {
        tracesSampleRate: 1,
        sendDefaultPii: true,
        dataCollection: {
          userInfo: true,
          cookies: true,
          httpHeaders: { request: true, response: true },
          httpBodies: ['incomingRequest'],
        },
      });
      const text = await app.order();

      expect(app.receiver.events[0]?.request).toMatchObject({
        headers: { 'x-forwarded-for': '203.0.113.9' },
        data: expect.stringContaining('in-the-body'),
      });
      expect(app.receiver.events[0]?.request?.['cookies']).toMatchObject({
        theme: expect.stringMatching(/^\[/),
      });
      expect(text).not.toMatch(/in-the-query|in-a-cookie|in-a-header|secret-in-the-body/);
    });

    it('holds no password that stands in the source code', async () => {
      const app = await startPrivateApp(load);
      const text = await app.order(async () => {
        try {
          return failBesideLiteral();
        } catch (error) {
          return app.sentry.captureException(error);
        }
      });

      expect(text).toContain('const password = [redacted]');
      expect(text).not.toContain(['literal', 'in', 'the', 'source'].join('-'));
    });

    it('holds no connection string of an error or of its cause', async () => {
      const app = await startPrivateApp(load);
      const cause = new Error(`cannot reach postgres://app:${CANARY}@db/x`);
      const error = new Error(`refused with password=${CANARY}`, { cause });
      const text = await app.order(async () => app.sentry.captureException(error));

      expect(app.receiver.events[0]?.exception?.values).toHaveLength(2);
      expect(text).not.toContain(CANARY);
    });

    it('holds no value that the environment keeps secret', async () => {
      const app = await startPrivateApp(load);
      await app.order(async () =>
        app.sentry.captureException(new Error(`as ${process.env['SHOP_DB_PASSWORD']}`), {
          tags: { tried: 'Gr33n/rabbit' },
          extra: { list: [`it was ${process.env['SHOP_DB_PASSWORD']}`] },
        }),
      );
      const event = JSON.stringify(app.receiver.events);

      expect(event).toContain('as [redacted]');
      expect(event).not.toContain('Tr0ub4dor&3');
      expect(event).not.toContain('Gr33n');
    });

    it('holds no query of a call to another server', async () => {
      const stock = createServer((_, response) => response.end('{}'));
      await new Promise<void>((resolve) => {
        stock.listen(0, '127.0.0.1', resolve);
      });
      onTestFinished(() => void stock.close());
      const url = `http://127.0.0.1:${(stock.address() as AddressInfo).port}/stock`;
      const app = await startPrivateApp(load, { tracesSampleRate: 1 });
      await app.order(async () => {
        await fetch(`${url}?page=2&session=${CANARY}&api_key=${CANARY}`);
        return app.sentry.captureException(new Error('no stock'));
      });

      expect(JSON.stringify(app.receiver.events)).toContain(url);
      expect(await tracesOf(app)).not.toContain(CANARY);
    });

    it('holds no secret that the application has told the scope', async () => {
      const app = await startPrivateApp(load);
      const text = await app.order(async () => {
        app.sentry.setUser({ id: 7, password: CANARY });
        app.sentry.setTag('note', `token=${CANARY}`);
        app.sentry.setContext('login', { apiKey: CANARY });
        app.sentry.addBreadcrumb({
          message: `Bearer abc.${CANARY}.1`,
          data: { secret: CANARY },
        });
        app.sdk
          .getIsolationScope()
          .addEventProcessor((event) => ({ ...event, extra: { token: CANARY } }));
        return app.sentry.captureMessage(`password=${CANARY}`);
      });

      expect(app.receiver.events[0]?.user).toMatchObject({ id: 7 });
      expect(text).not.toContain(CANARY);
    });

    it('holds no secret of a span or a log', async () => {
      const app = await startPrivateApp(load, { tracesSampleRate: 1, enableLogs: true });
      await app.order(async () => {
        app.sdk.startSpan(
          {
            name: `GET /x?token=${CANARY}`,
            attributes: {
              'url.full': `http://a:${CANARY}@h/`,
              'app.password': CANARY,
            },
          },
          () => 0,
        );
        app.sdk.logger.info(`password=${CANARY}`, { apiKey: CANARY });
        return null;
      });

      const text = await tracesOf(app);

      expect(text).toContain('"type":"log"');
      expect(text).not.toContain(CANARY);
    });

    it('holds neither the DSN nor its key in an event, and nothing is logged of them', async () => {
      const app = await startPrivateApp(load);
      await app.order(async () =>
        app.sentry.captureException(new Error(`sent to ${app.dsn} by ${KEY}`)),
      );

      expect(app.receiver.events[0]?.exception?.values[0]?.value).toBe(
        'sent to [redacted] by [redacted]',
      );
      expect(JSON.stringify(app.receiver.events)).not.toContain(KEY);
      expect(JSON.stringify(app.log)).not.toContain(KEY);
    });
  });

  describe('a beforeSend of the application', () => {
    it('is shown what is masked already, and may drop it', async () => {
      const seen: string[] = [];
      const beforeSend = (event: { message?: string }): object | null => {
        seen.push(
          JSON.stringify(event, (key, value: unknown) =>
            key === 'sdkProcessingMetadata' ? null : value,
          ),
        );
        return event.message === 'drop me' ? null : { ...event, tags: { seen: true } };
      };
      const app = await startPrivateApp(load, { beforeSend });
      await app.order(async () => {
        app.sentry.captureMessage('drop me');
        return app.sentry.captureMessage(`password=${CANARY}`);
      });

      expect(seen).toHaveLength(2);
      expect(seen.join()).not.toContain(CANARY);
      expect(app.receiver.events).toMatchObject([
        { message: 'password=[redacted]', tags: { seen: true } },
      ]);
    });

    it('that throws sends no secret with its own error', async () => {
      const beforeSend = (): never => {
        throw new Error(`password=${CANARY}`);
      };
      const app = await startPrivateApp(load, { beforeSend });

      expect(await app.order()).not.toContain(CANARY);
    });
  });

  describe('an event that cannot be scrubbed', () => {
    it('is not sent, and is counted', async () => {
      const app = await startPrivateApp(load);
      const dropped = vi.fn<DroppedListener>();
      attachScrubber(app.sdk.getClient(), dropped);
      const text = await app.order(async () => {
        app.sdk.getIsolationScope().addEventProcessor((event) => ({
          ...event,
          exception: {
            values: [
              {
                get value() {
                  throw new Error(CANARY);
                },
              },
            ],
          },
        }));
        return app.sentry.captureException(new Error(`password=${CANARY}`));
      });

      expect(dropped).toHaveBeenCalledTimes(1);
      expect(app.receiver.events).toEqual([]);
      expect(text).not.toContain(CANARY);
    });
  });
}

/** All that arrived, once the spans of the request have: the SDK hands them over after the answer. */
async function tracesOf({ sent }: PrivateApp): Promise<string> {
  return vi.waitFor(async () => {
    const text = await sent();
    expect(text).toMatch(/"type":"(?:transaction|span)"/);
    return text;
  }, 10_000);
}
