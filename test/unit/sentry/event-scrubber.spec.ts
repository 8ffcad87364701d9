import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  attachScrubber,
  type DroppedListener,
} from '../../../lib/sentry/scrubbing/event-scrubber.js';
import { HARMLESS, LEAKS } from '../../fixtures/driver-messages.js';
import { eventSaying } from './event-scrubber.corpus.js';
import { HookedClient, scrub, scrubbedClient } from './scrubbed-client.js';

const PASSWORD = 'Zq7hunter2Xk';

/** As it is, in JSON, and percent-encoded. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];

describe.each(LEAKS)('an event that says what $from says', ({ message, secrets }) => {
  it('shows its secret in no field', () => {
    const sent = JSON.stringify(scrub(eventSaying(message)));

    for (const form of secrets.flatMap(formsOf)) expect(sent).not.toContain(form);
  });
});

describe('an event without a secret', () => {
  it.each(HARMLESS)('stays as it is: %s', (message) => {
    const said = eventSaying(message);
    const { extra, ...rest } = said;

    expect(scrub(said)).toEqual({
      ...rest,
      extra: { ...(extra as object), when: { note: message } },
    });
  });

  it('keeps what Sentry needs', () => {
    const event = {
      event_id: 'f00d',
      type: 'transaction',
      timestamp: 12.5,
      start_timestamp: 11,
      level: 'error',
      environment: 'token=staging',
      release: 'password=1.2.3',
      server_name: 'host',
      sdk: { name: 'sentry.javascript.nestjs', integrations: ['Http'] },
      modules: { 'password-hash': '1.0.0' },
      debug_meta: { images: [{ debug_id: 'd1' }] },
      sdkProcessingMetadata: { normalizedRequest: { headers: { authorization: 'Bearer x' } } },
      contexts: { trace: { trace_id: 'a1', span_id: 'b2', op: 'http.server', status: 'ok' } },
      spans: [{ span_id: 'b3', parent_span_id: 'b2', trace_id: 'a1', op: 'db', timestamp: 12 }],
    };

    expect(scrub(structuredClone(event))).toEqual(event);
  });
});

describe('any secret behind a telling name', () => {
  const secret = fc
    .string({
      unit: fc.constantFrom(...Array.from('abcXYZ0189$_~!*^')),
      minLength: 3,
      maxLength: 30,
    })
    .map((text) => `Q7${text}canary`);

  it('is in no field of the event', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('password=', 'api_key: ', '?token=', 'clientSecret='),
        (value, name) => {
          const sent = JSON.stringify(scrub(eventSaying(`${name}${value}`)));
          expect(sent).not.toContain('canary');
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is in no value of a key that has it for its name', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('password', 'apiKey', 'x-api-key', 'authorization', 'set-cookie'),
        (value, name) => {
          const named = {
            [name]: value,
            list: [{ [name]: [value] }],
            pair: [name, value],
            told: { name, value },
          };
          const event = {
            extra: named,
            contexts: { it: named },
            tags: named,
            user: named,
            breadcrumbs: [{ data: named }],
            request: { headers: named },
            spans: [{ data: named }],
          };
          expect(JSON.stringify(scrub(event))).not.toContain('canary');
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a request', () => {
  it('shows no cookie, no authorization and no key, and its other headers', () => {
    const request = {
      cookies: { sid: PASSWORD, theme: PASSWORD },
      headers: {
        Cookie: `sid=${PASSWORD}`,
        Authorization: PASSWORD,
        'X-Api-Key': PASSWORD,
        'X-Auth-Token': PASSWORD,
        'Proxy-Authorization': PASSWORD,
        accept: 'text/html',
      },
    };

    expect(scrub({ request })).toEqual({
      request: {
        cookies: { sid: '[redacted]', theme: '[redacted]' },
        headers: {
          Cookie: '[redacted]',
          Authorization: '[redacted]',
          'X-Api-Key': '[redacted]',
          'X-Auth-Token': '[redacted]',
          'Proxy-Authorization': '[redacted]',
          accept: 'text/html',
        },
      },
    });
  });

  it('shows no cookies that are a text', () => {
    expect(scrub({ request: { cookies: `sid=${PASSWORD}` } })).toEqual({
      request: { cookies: '[redacted]' },
    });
  });

  it.each([
    ['a text', `page=2&token=${PASSWORD}&session=${PASSWORD}`.replace(/^/, '?')],
    ['an object', { page: '2', token: PASSWORD }],
    [
      'pairs',
      [
        ['page', '2'],
        ['token', PASSWORD],
      ],
    ],
  ])('shows no secret of a query that is %s', (_, query) => {
    const sent = JSON.stringify(scrub({ request: { query_string: query } }));

    expect(sent).not.toContain(PASSWORD);
    expect(sent).toContain('page');
  });
});

describe('spans', () => {
  const attributes = {
    'url.full': `https://app:${PASSWORD}@h/?token=${PASSWORD}&a=1`,
    'url.query': `?api_key=${PASSWORD}`,
    'http.url': `http://h/?access_token=${PASSWORD}`,
    'http.target': `/x?session=${PASSWORD}`,
    'http.query': `?sid=${PASSWORD}`,
    'url.callback': `https://shop.example/callback?code=${PASSWORD}&state=${PASSWORD}`,
    'http.request.header.cookie.theme': PASSWORD,
    'http.request.header.x_api_key': [PASSWORD],
    'http.response.status_code': 200,
  };

  it('of a transaction show no secret of a URL or a header', () => {
    const event = scrub({
      type: 'transaction',
      contexts: { trace: { trace_id: 'a', data: attributes } },
      spans: [
        {
          span_id: 'b',
          description: `GET /?token=${PASSWORD}`,
          data: attributes,
          links: [{ attributes }],
        },
      ],
    });

    expect(JSON.stringify(event)).not.toContain(PASSWORD);
    expect(event.spans[0]?.data['http.response.status_code']).toBe(200);
    expect(event.spans[0]?.data['url.full']).toMatch(/@h\/\?token=.*&a=1$/);
  });

  it('that are sent alone show none either', () => {
    const span = scrubbedClient().emit('processSpan', {
      span_id: 'b',
      name: `GET /?token=${PASSWORD}`,
      attributes,
      links: [{ attributes }],
    });

    expect(JSON.stringify(span)).not.toContain(PASSWORD);
    expect(span).toMatchObject({ span_id: 'b', name: 'GET /?token=[redacted]' });
  });

  it('that cannot be read are sent empty', () => {
    const span = Object.defineProperty({ span_id: 'b', name: 'x' }, 'attributes', {
      enumerable: true,
      configurable: true,
      get: vi.fn<() => object>().mockImplementationOnce(() => {
        throw new Error(PASSWORD);
      }),
      set: () => {},
    });

    expect(JSON.stringify(scrubbedClient().emit('processSpan', span))).not.toContain(PASSWORD);
  });
});

describe('logs and metrics', () => {
  it('show no secret of a message, of what it was made with, or of an attribute', () => {
    const log = scrubbedClient().emit('beforeCaptureLog', {
      level: 'info',
      message: `login of 7 with password=${PASSWORD}`,
      attributes: {
        token: PASSWORD,
        'sentry.message.template': 'login of %s with password=%s',
        'sentry.message.parameter.0': 7,
        'sentry.message.parameter.1': PASSWORD,
      },
    });

    expect(JSON.stringify(log)).not.toContain(PASSWORD);
    expect(log.attributes['sentry.message.parameter.0']).toBe(7);
    expect(log.message).toBe('login of 7 with password=[redacted]');
  });

  it('are masked where a message is an object of a template', () => {
    const message = Object.assign(Object(`password=${PASSWORD}`) as object, {
      __sentry_template_values__: [PASSWORD],
    });

    expect(scrubbedClient().emit('beforeCaptureLog', { message, attributes: {} }).message).toBe(
      'password=[redacted]',
    );
  });

  it('show none in the attributes of a metric', () => {
    const metric = scrubbedClient().emit('processMetric', {
      name: 'orders',
      value: 1,
      attributes: { apiKey: PASSWORD },
    });

    expect(metric).toEqual({ name: 'orders', value: 1, attributes: { apiKey: '[redacted]' } });
  });
});

describe('a message made of a template', () => {
  it('shows no parameter whose place tells that it is secret', () => {
    const event = scrub({
      logentry: { message: 'login of %s with password=%s', params: ['mia', PASSWORD] },
    });

    expect(event.logentry.params).toEqual(['mia', '[redacted]']);
  });
});

describe('source lines', () => {
  const frameOf = (
    pre_context: string[],
    context_line: string,
    post_context: string[],
  ): object => ({
    exception: {
      values: [
        {
          stacktrace: {
            frames: [{ filename: 'a.js', lineno: 3, pre_context, context_line, post_context }],
          },
        },
      ],
    },
  });

  it('are masked where a secret stands in one, and the others stay where they are', () => {
    const event = scrub(
      frameOf(['const a = 1;', `const password = '${PASSWORD}';`], 'connect(password);', [
        'done();',
      ]),
    );

    expect(event).toEqual(
      frameOf(['const a = 1;', 'const password = [redacted];'], 'connect(password);', ['done();']),
    );
  });

  it('are masked where a secret takes several, and as many as they were', () => {
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBgkq',
      'hkiG9w0BAQEFAASC',
      '-----END PRIVATE KEY-----',
    ];
    const event = scrub(
      frameOf(['const key = `', ...key.slice(0, 2)], key[2] ?? '', [
        key[3] ?? '',
        '`;',
        'use(key);',
      ]),
    );

    expect(JSON.stringify(event)).not.toMatch(/MIIE|hkiG/);
    expect(event).toEqual(
      frameOf(['const key = `', '[redacted]', '[redacted]'], '[redacted]', [
        '[redacted]',
        '`;',
        'use(key);',
      ]),
    );
  });
});

describe('a scrubbed event', () => {
  it.each(LEAKS.slice(0, 30))('stays the same when it is scrubbed again: $from', ({ message }) => {
    const once = scrub(eventSaying(message));

    expect(scrub(structuredClone(once))).toEqual(once);
  });

  it('shares nothing with what it was made from', () => {
    const extra = Object.freeze({ password: PASSWORD, list: Object.freeze([PASSWORD]) });
    scrub({ extra, tags: Object.freeze({ token: PASSWORD }) });

    expect(extra.password).toBe(PASSWORD);
  });
});

describe('an event that cannot be read', () => {
  const hostile = (): object => ({
    exception: {
      values: [
        {
          get value() {
            throw new Error(PASSWORD);
          },
        },
      ],
    },
  });

  it('is not sent, and whoever counts is told once', () => {
    const dropped = vi.fn<DroppedListener>();
    const client = scrubbedClient(dropped);
    const event = hostile();

    expect(() => client.emit('postprocessEvent', event)).toThrow('could not be scrubbed');
    expect(dropped.mock.calls).toEqual([[event, {}]]);
  });

  it('leaves the client by an error that the SDK takes for a wish not to send', () => {
    const client = scrubbedClient();
    const thrown = ((): unknown => {
      try {
        return client.emit('postprocessEvent', hostile());
      } catch (error) {
        return error;
      }
    })();

    expect(Object.getOwnPropertySymbols(thrown)).toEqual([Symbol.for('SentryDoNotSendEventError')]);
  });

  it('is not sent where whoever counts throws', () => {
    const client = scrubbedClient(() => {
      throw new Error('no counter');
    });

    expect(() => client.emit('postprocessEvent', hostile())).toThrow('could not be scrubbed');
  });
});

describe('a client of several applications', () => {
  it('is scrubbed once, and tells all of them until they go', () => {
    const client = new HookedClient();
    const [first, second] = [vi.fn<DroppedListener>(), vi.fn<DroppedListener>()];
    const goes = attachScrubber(client, first);
    const hooks = client.hooks.length;
    attachScrubber(client, second);
    goes();
    expect(() =>
      client.emit('postprocessEvent', {
        exception: {
          get values() {
            throw new Error('x');
          },
        },
      }),
    ).toThrow('could not be scrubbed');

    expect(client.hooks).toHaveLength(hooks);
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledTimes(1);
  });
});

describe('what no event should hold', () => {
  const circular: Record<string, unknown> = { name: 'it', password: PASSWORD };
  circular['self'] = circular;
  circular['list'] = [circular, circular];
  const hostileGetter = Object.defineProperty({}, 'bad', {
    enumerable: true,
    get: () => {
      throw new Error(PASSWORD);
    },
  });
  const thrower = new Proxy(
    {},
    {
      get: () => {
        throw new Error(PASSWORD);
      },
      ownKeys: () => {
        throw new Error(PASSWORD);
      },
    },
  );
  const endless = new Proxy([], {
    get: (_, key) =>
      key === 'constructor'
        ? Array
        : key === 'length'
          ? 4e9
          : key === 'slice'
            ? Array.prototype.slice
            : PASSWORD,
    has: () => true,
  });
  const nested = (levels: number): unknown =>
    Array.from({ length: levels }).reduce<unknown>((inner) => ({ inner }), PASSWORD);

  it.each([
    ['circular', circular],
    ['with a getter that throws', hostileGetter],
    ['a proxy that throws', thrower],
    ['deep', nested(10_000)],
    [
      'symbols and functions',
      { a: Symbol('x'), b: () => PASSWORD, c: 10n ** 5_000n, d: Number.NaN },
    ],
    ['an error', new Error(`token=${PASSWORD}`)],
    [
      'dates and bytes',
      { a: new Date(0), b: Buffer.from(PASSWORD), c: new Set([`token=${PASSWORD}`]) },
    ],
    ['a key named __proto__', JSON.parse(`{"__proto__":{"password":"${PASSWORD}"}}`)],
  ])('becomes plain: %s', (_, value) => {
    const event = scrub({
      extra: { value },
      contexts: { value },
      tags: { value },
      user: { value },
      breadcrumbs: [{ data: { value } }],
    });

    expect(JSON.stringify(event)).not.toContain(PASSWORD);
  });

  it.each([
    ['a megabyte of text', { extra: { text: 'x y=z '.repeat(200_000) } }],
    [
      'ten thousand values in each breadcrumb',
      {
        breadcrumbs: Array.from({ length: 100 }, (_, b) => ({
          data: Object.fromEntries(
            Array.from({ length: 1_000 }, (__, i) => [`k${i}`, `v${b}-${i}`]),
          ),
        })),
      },
    ],
    ['a long message', { message: 'https://a:'.repeat(10_000) }],
    ['a million numbers', { extra: { numbers: Array.from({ length: 1_000_000 }, (_, i) => i) } }],
    [
      'many frames',
      {
        exception: {
          values: Array.from({ length: 1_000 }, () => ({
            stacktrace: {
              frames: Array.from({ length: 200 }, (_, i) => ({ context_line: `line ${i}` })),
            },
          })),
        },
      },
    ],
    ['an endless list', { breadcrumbs: endless }],
    [
      'many long texts',
      { extra: Array.from({ length: 5_000 }, (_, i) => `lorem ${i} ipsum `.repeat(100)) },
    ],
  ])('is cut: %s', (_, event) => {
    expect(JSON.stringify(scrub(event)).length).toBeLessThan(1_000_000);
  });

  it('leaves the latest breadcrumbs where there is no room for all', () => {
    const breadcrumbs = Array.from({ length: 100 }, (_, b) => ({
      message: `step ${b}`,
      data: Object.fromEntries(Array.from({ length: 1_000 }, (__, i) => [`k${b}-${i}`, i])),
    }));
    const sent = scrub({ breadcrumbs }).breadcrumbs;

    expect(sent.length).toBeLessThan(100);
    expect(sent.at(-1)?.message).toBe('step 99');
  });

  it('shows no half of a secret where it is cut', () => {
    const text = `${'x'.repeat(9_990)} https://0123456789abcdef@sentry.example/1`;

    expect(scrub({ message: text }).message).not.toContain('0123');
    expect(scrub({ message: `${'x'.repeat(9_990)}0123456789abcdef` }).message).toMatch(/^x+…$/);
  });
});
