import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markup, NOTHING } from '../../../../lib/endpoints/page/markup.js';

describe('markup', () => {
  it('keeps what the source says and escapes what is put in, as text and in an attribute', () => {
    const text = `<b title="&">'`;
    expect(String(markup`<p title="${text}">${text}</p>`)).toBe(
      '<p title="&lt;b title=&quot;&amp;&quot;&gt;&#39;">&lt;b title=&quot;&amp;&quot;&gt;&#39;</p>',
    );
  });

  it('takes markup, lists of it and numbers as they are', () => {
    const items = [1, 2].map((number) => markup`<li>${number}</li>`);
    expect(String(markup`<ul>${items}${NOTHING}</ul>`)).toBe('<ul><li>1</li><li>2</li></ul>');
  });

  it('escapes what only looks like markup', () => {
    const text = String(markup`<b>`);
    expect(String(markup`${text}${[[text]]}`)).toBe('&lt;b&gt;&lt;b&gt;');
  });

  it('shows what HTML or UTF-8 cannot carry as the sign for that', () => {
    expect(String(markup`${'a\0b\x1B\r\uD800c\tn\n\u{1F600}'}`)).toBe(
      'a\uFFFDb\uFFFD\uFFFD\uFFFDc\tn\n\u{1F600}',
    );
  });

  it('lets no text end an attribute, open an element or start an entity', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const html = String(markup`${text}`);
        expect(html).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        expect(Buffer.from(html).toString()).toBe(html);
      }),
    );
  });
});
