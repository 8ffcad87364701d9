import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { HealthStatus } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import {
  PAGE_CSP,
  statusPage,
  type StatusPageView,
} from '../../../../lib/endpoints/page/status-page.js';
import { checkOnWire, failedHistory, resultOf, viewOf } from './views.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

const CONTENTS = /<(script|style)>([\s\S]*?)<\/\1>/g;

/** What an HTML parser takes for tags, without what stands in quotation marks. */
function tagsOf(html: string): string[] {
  const withoutContents = html.replaceAll(CONTENTS, '<$1></$1>');
  return withoutContents.match(/<[^>]*>/g)?.map((tag) => tag.replaceAll(/"[^"]*"/g, '""')) ?? [];
}

/** A page with one text in every place where text of others can be. */
function pageWith(text: string): string {
  const check = checkOnWire(text, { status: UNHEALTHY, message: text, details: { [text]: text } });
  return statusPage(
    viewOf(
      [check],
      { history: () => failedHistory(text, text), tools: { [text]: 'https://a.example/' } },
      { status: UNHEALTHY },
    ),
  );
}

describe('the status page', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '</script>',
      '<!--',
      '-->',
      ']]>',
      '"',
      "'",
      '`',
      '&quot;',
      '\uD800',
      '\u202E',
      '\0',
      '</style><svg onload=alert(1)>',
      '" onclick="alert(1)',
    ),
    fc.string({ unit: 'binary' }),
  );

  it('is made of the same elements whatever text is put into it', () => {
    const plain = tagsOf(pageWith('plain'));
    const text = fc
      .array(nasty, { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(''))
      .filter((joined) => joined !== '');
    fc.assert(
      fc.property(text, (joined) => {
        expect(tagsOf(pageWith(joined))).toEqual(plain);
      }),
    );
  });

  it('is well-formed UTF-8 even where a text is not', () => {
    const html = pageWith('a\uD800b');
    expect(Buffer.from(html).toString()).toBe(html);
    expect(html).toContain('a\uFFFDb');
  });

  it('writes out in the details what would turn the direction of text', () => {
    const html = statusPage(viewOf([checkOnWire('db', { details: { file: '\u202Egnp.exe' } })]));
    expect(html).toContain(String.raw`&quot;\u202egnp.exe&quot;`);
  });

  it('has exactly the style and the script that its policy allows, and nothing else inline', () => {
    const html = pageWith('plain');
    const contents = [...html.matchAll(CONTENTS)];
    expect(contents.map(([, element]) => element)).toEqual(['style', 'script']);
    for (const [, element, content = ''] of contents) {
      const hash = createHash('sha256').update(content).digest('base64');
      expect(PAGE_CSP).toContain(`${element}-src 'sha256-${hash}'`);
      expect(content).not.toMatch(/<!--|<script|url\(|@import/i);
    }
    const tags = (html.replaceAll(CONTENTS, '').match(/<[^>]*>/g) ?? []).join('\n');
    expect(tags).not.toMatch(/\sstyle=|\son\w+=|\ssrc=|javascript:/i);
  });

  it('may load nothing, be framed by nobody and send nothing anywhere', () => {
    const directives = PAGE_CSP.split('; ');
    expect(directives[0]).toBe("default-src 'none'");
    expect(directives).toEqual(
      expect.arrayContaining([
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(PAGE_CSP).not.toMatch(/unsafe|\*|https?:/);
  });

  it('has neither messages nor details nor reasons for whoever may not see them', () => {
    const check = checkOnWire('db', { status: UNHEALTHY });
    const given: Partial<StatusPageView> = { history: () => failedHistory('db', 'at db-7') };
    expect(statusPage(viewOf([check], given))).toContain('at db-7');
    const html = statusPage(viewOf([check], { ...given, showsDetails: false }));
    expect(html).not.toContain('db-7');
    expect(html).not.toMatch(/class="(message|reason|details)"/);
    expect(html).toContain('class="changes"');
  });

  it('asks for the history only of checks that the JSON has', () => {
    const asked: string[] = [];
    const history = (name: string): undefined => {
      asked.push(name);
      return undefined;
    };
    statusPage(viewOf([checkOnWire('a'), checkOnWire('b')], { history }));
    expect(asked).toEqual(['a', 'b']);
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['//evil.example'],
    ['ftp://a.example'],
    [''],
  ])('makes no link of %j', (url) => {
    const html = statusPage(viewOf([], { tools: { tool: url } }));
    expect(html).toContain('<li><bdi>tool</bdi></li>');
    expect(html).not.toMatch(/<a /);
  });

  it('says what of a report was cut', () => {
    expect(statusPage(viewOf([checkOnWire('db')]))).not.toContain('class="cut"');
    const cut = statusPage(viewOf([checkOnWire('db')], {}, { truncated: true }));
    expect(cut).toContain('Long messages and details are cut.');
    const body = { truncated: true, checks_left_out: 3 } as const;
    const shorter = statusPage(viewOf([checkOnWire('db')], {}, body));
    expect(shorter).toContain('3 checks are left out');
    expect(shorter).not.toContain('is healthy.');
  });

  it('names eight bad checks at the top, the unhealthy ones first, and counts the others', () => {
    const checks = Array.from({ length: 12 }, (_, index) =>
      checkOnWire(`c${index}`, { status: index === 11 ? UNHEALTHY : DEGRADED }),
    );
    const html = statusPage(viewOf(checks));
    const named = [...html.matchAll(/<li id="bad-(c\d+)"/g)].map(([, name]) => name);
    expect(named).toEqual(['c11', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6']);
    expect(html).toContain('and 4 more');
  });

  it('shows the last six transitions, the newest first', () => {
    const { transitions } = failedHistory('db', '');
    const many = Array.from({ length: 20 }, (_, index) =>
      transitions.map((one) => ({
        ...one,
        result: resultOf('db', { message: `reason ${index}.` }),
      })),
    ).flat();
    const history = () => ({ results: [], transitions: many });
    const html = statusPage(viewOf([checkOnWire('db')], { history }));
    expect(html.match(/reason \d+/g)).toEqual([19, 18, 17, 16, 15, 14].map((n) => `reason ${n}`));
  });

  it('takes dates that someone has spoilt', () => {
    const spoilt = new Date(Number.NaN);
    const { results, transitions } = failedHistory('db', '');
    const history = () => ({
      results,
      transitions: transitions.map((one) => ({ ...one, at: spoilt })),
    });
    expect(statusPage(viewOf([checkOnWire('db')], { history }))).toContain('some time ago');
  });

  it('has less than 1 MB for 500 checks that all change all the time', () => {
    const checks = Array.from({ length: 500 }, (_, index) =>
      checkOnWire(`check-${index}`, { status: index % 2 === 0 ? HEALTHY : UNHEALTHY }),
    );
    const history = (name: string) => {
      const { results, transitions } = failedHistory(name, 'x'.repeat(500));
      return { results, transitions: Array.from({ length: 20 }, () => transitions).flat() };
    };
    expect(Buffer.byteLength(statusPage(viewOf(checks, { history })))).toBeLessThan(1e6);
  });
});
