import { describe, expect, it } from 'vitest';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { bootError, PLATFORMS } from '../../support/boot.js';
import { bootGuarded, bytes, CONTENT, type GuardedApp, type HostName } from './guarded-app.js';

const TOKEN = 'hunter2.of-the-routes';

const access: ObservabilityModuleOptions['access'] = {
  health: { bearer: TOKEN },
  metrics: { bearer: TOKEN },
  tools: { bearer: TOKEN },
};

const HOSTS: readonly HostName[] = [
  'a plain application',
  "pipeline 'nest'",
  'the management port',
];

const FORM = `access_token=${TOKEN}&token=${TOKEN}`;

/** The status code, and whether the answer tells something. */
async function ask({ send }: GuardedApp, path: string, headers: string[]): Promise<string> {
  const answer = await send(Buffer.from(bytes(path, headers), 'latin1'));
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? answer;
  return CONTENT.test(answer) ? `${status} and what is behind` : status;
}

/** What whoever is admitted gets. */
const OPEN = '200 and what is behind';

/** Where a token is, what it gets, and the headers. */
const PLACES: readonly (readonly [string, string, ...string[]])[] = [
  ['in the header', OPEN, `Authorization: Bearer ${TOKEN}`],
  ['with the scheme in lower case', OPEN, `authorization: bearer ${TOKEN}`],
  ['after more than one space', OPEN, `AUTHORIZATION: BEARER   ${TOKEN}`],
  ['before spaces', OPEN, `Authorization:Bearer ${TOKEN}   `],
  ['nowhere', '401'],
  ['in no header', '401', 'Authorization:'],
  ['in a header without it', '401', 'Authorization: Bearer'],
  ['as the password of Basic', '401', `Authorization: Basic ${btoa(`x:${TOKEN}`)}`],
  ['under Basic', '401', `Authorization: Basic ${TOKEN}`],
  ['in a cookie', '401', `Cookie: token=${TOKEN}; Authorization=Bearer ${TOKEN}`],
  ['in the header of a proxy', '401', `Proxy-Authorization: Bearer ${TOKEN}`],
  ['in the header of an API key', '401', `X-API-Key: ${TOKEN}`],
  [
    'in the header behind another',
    '401',
    'Authorization: Bearer x',
    `Authorization: Bearer ${TOKEN}`,
  ],
  ['in the header behind an empty one', '401', 'Authorization:', `Authorization: Bearer ${TOKEN}`],
  ['in a list', '401', `Authorization: Bearer x, Bearer ${TOKEN}`],
  ['cut short', '401', `Authorization: Bearer ${TOKEN.slice(0, -1)}`],
  ['and one character more', '401', `Authorization: Bearer ${TOKEN}x`],
  ['in another case', '401', `Authorization: Bearer ${TOKEN.toUpperCase()}`],
  ['and a character beyond ASCII', '401', `Authorization: Bearer ${TOKEN}\u00E9`],
  ['and a NUL', '400', `Authorization: Bearer ${TOKEN}\0`],
];

describe.each(PLATFORMS)('a token on %s', (platform) => {
  it.each(HOSTS)('counts in the header, and nowhere else, with %s', async (host) => {
    const app = await bootGuarded(platform, host, { access });
    for (const [where, status, ...headers] of PLACES) {
      expect(await ask(app, `/metrics?${FORM}`, headers), where).toBe(status);
    }
  });

  it('of a megabyte is refused, and the next request is answered', async () => {
    for (const host of HOSTS) {
      const app = await bootGuarded(platform, host, { access });
      const huge = `Authorization: Bearer ${'x'.repeat(1_000_000)}`;
      expect(await ask(app, '/metrics', [huge])).toMatch(/^(431|ECONNRESET|EPIPE)$/);
      expect(await ask(app, '/metrics', [`Authorization: Bearer ${TOKEN}`])).toBe(OPEN);
    }
  });

  it('in a body that is sent with GET is none, and is not read', async () => {
    const { send } = await bootGuarded(platform, 'the management port', { access });
    const headers = [
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${FORM.length}`,
    ];
    expect(await send(bytes('/metrics', headers), FORM)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('opens one request, and not the next on the same connection', async () => {
    for (const host of HOSTS) {
      const { send } = await bootGuarded(platform, host, { access });
      const first = bytes('/metrics', [`Authorization: Bearer ${TOKEN}`]).replace(
        'Connection: close\r\n',
        '',
      );
      const answers = await send(first, bytes('/metrics'));
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401']);
    }
  });
});

describe('a setting of access that is no such thing stops boot, and tells no token', () => {
  it.each<[string, unknown, RegExp]>([
    ['a text', { metrics: TOKEN }, /access\.metrics is /],
    ['a token with a space', { metrics: { bearer: `${TOKEN} ${TOKEN}` } }, /access\.metrics is /],
    ['a token beyond ASCII', { metrics: { bearer: `${TOKEN}é` } }, /access\.metrics is /],
    ['a token with a line break', { metrics: { bearer: `${TOKEN}\n` } }, /access\.metrics is /],
    ['a token with the scheme', { metrics: { bearer: `Bearer ${TOKEN}` } }, /access\.metrics is /],
    ['an empty token', { metrics: { bearer: '' } }, /access\.metrics is /],
    ['no token', { metrics: { bearer: undefined } }, /access\.metrics is /],
    ['a token that is a number', { metrics: { bearer: 12_345 } }, /access\.metrics is /],
    ['a list of tokens', { metrics: { bearer: [TOKEN] } }, /access\.metrics is /],
    ['a token and more', { metrics: { bearer: TOKEN, realm: 'x' } }, /access\.metrics is /],
    ['another word for the token', { metrics: { token: TOKEN } }, /access\.metrics is /],
    ['a token that is too long', { metrics: { bearer: 'x'.repeat(4_097) } }, /access\.metrics is /],
    ['true', { metrics: true }, /access\.metrics is true/],
    ['false', { metrics: false }, /access\.metrics is false/],
    ['null', { metrics: null }, /access\.metrics is null/],
    ['a word', { metrics: 'private' }, /access\.metrics is \[redacted\]/],
    ['one for the liveness probe', { live: () => false }, /access\.live is not an option/],
    ['one for the readiness probe', { ready: { bearer: TOKEN } }, /access\.ready is not an option/],
    ['one for all', { bearer: TOKEN }, /access\.bearer is not an option/],
    ['a word for all', 'public', /access is \[redacted\]/],
    ['a function for all', () => true, /access is a function/],
  ])('%s', async (_what, bad, problem) => {
    const options = { access: bad } as ObservabilityModuleOptions;
    const message = await bootError({
      module: class AppModule {},
      imports: [ObservabilityModule.forRoot(options)],
    });
    expect(message).toMatch(/^ObservabilityModule cannot start: /);
    expect(message).toMatch(problem);
    expect(message).not.toContain('hunter2');
  });
});
