import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootGuarded, CONTENT, PATHS, type HostName } from './guarded-app.js';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

const HOSTS: readonly HostName[] = ['a plain application', 'the management port'];

const LINK = 'https://grafana.secret.example';

const askedBy =
  (who: string) =>
  ({ headers }: { headers: NodeJS.Dict<string | string[]> }): boolean =>
    headers['x-team'] === who;

describe.each(PLATFORMS)('the page for people on %s', (platform) => {
  describe.each(HOSTS)('with %s', (host) => {
    const open = async (options: ObservabilityModuleOptions, headers = {}) => {
      const { get } = await bootGuarded(platform, host, options);
      const answer = await get(PATHS.health, { headers: { accept: HTML, ...headers } });
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        text: await answer.text(),
      };
    };

    it('is refused like everything else at its address', async () => {
      const page = await open({ access: { health: { bearer: 'x' } } });
      expect(page).toEqual({
        status: 401,
        type: 'application/json; charset=utf-8',
        text: '{"status":"unauthorized"}',
      });
    });

    it.each<[string, ObservabilityModuleOptions, Record<string, string>, boolean]>([
      ['links the tools where anybody may see them', {}, {}, true],
      ['links no tools where nobody may see them', { access: { tools: () => false } }, {}, false],
      ['links no tools without their token', { access: { tools: { bearer: 't' } } }, {}, false],
      [
        'links the tools for who has their token',
        { access: { tools: { bearer: 't' } } },
        { authorization: 'Bearer t' },
        true,
      ],
      [
        'links no tools for who has another token',
        { access: { health: { bearer: 'h' }, tools: { bearer: 't' } } },
        { authorization: 'Bearer h' },
        false,
      ],
      [
        'links the tools for whom a function lets',
        { access: { tools: askedBy('us') } },
        { 'x-team': 'us' },
        true,
      ],
      [
        'links no tools for whom it does not',
        { access: { tools: askedBy('us') } },
        { 'x-team': 'them' },
        false,
      ],
      ['links no tools where their route is off', { routes: { tools: false } }, {}, false],
    ])('%s', async (_what, options, headers, links) => {
      const { status, type, text } = await open(options, headers);
      expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
      expect(text).toContain('secret-db');
      expect(text.includes(LINK)).toBe(links);
    });

    it('is made for each of those who ask at the same time', async () => {
      const { get } = await bootGuarded(platform, host, {
        access: { tools: askedBy('us') },
        health: { details: askedBy('us') },
      });
      const who = ['us', 'them', 'us', 'nobody', 'them', 'us'];
      const pages = await Promise.all(
        who.map(async (team) => {
          const answer = await get(PATHS.health, { headers: { accept: HTML, 'x-team': team } });
          return answer.text();
        }),
      );
      for (const [index, page] of pages.entries()) {
        const seen = [page.includes(LINK), page.includes('refused by db-7')];
        expect(seen, who[index]).toEqual(who[index] === 'us' ? [true, true] : [false, false]);
      }
    });
  });

  it('asks a function of the tools only when it is to link them', async () => {
    let asked = 0;
    const tools = (): boolean => {
      asked += 1;
      return false;
    };
    const { get } = await bootGuarded(platform, 'a plain application', { access: { tools } });
    await (await get(PATHS.health)).text();
    expect(asked).toBe(0);
    expect(CONTENT.test(await (await get(PATHS.tools)).text())).toBe(false);
    expect(asked).toBe(1);
  });
});
