import { healthy, unhealthy } from 'nestjs-observability';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useChromium } from '../../support/browser.js';
import { describeWith } from '../../support/parts.js';
import { refresh } from './reading.js';
import { openShop } from './shop.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</style></script><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' autofocus onfocus=alert(1) x='",
  '<!-- --!><iframe srcdoc="<script>alert(1)</script>">',
  '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<form><input name=attributes><input name=id></form>',
  '&lt;script&gt;alert(1)&lt;/script&gt; ${alert(1)} {{7*7}}',
  '\u202Egnp.exe \u2066\u0000\u0007 \uD800 end',
];

describeWith('chromium', 'hostile text on the status page', () => {
  const open = useChromium();

  it.each(HOSTILE)('%j stays text, also when a refresh brings it', async (text) => {
    const says = { later: healthy(), now: unhealthy(text, { [text]: [text] }) };
    const { url } = await openShop('express', says, {
      tools: { [text]: 'https://tool.example/' },
    });
    const { page, complaints, requests } = await open();
    await page.clock.install();
    await page.goto(url);
    const strangers = 'img, iframe, object, embed, form, input, base, main script, main style';
    const count = (selector: string): Promise<number> => page.locator(selector).count();
    const scripts = await count('script');

    says.later = unhealthy(text, { [text]: text });
    await refresh(page);

    const shown = text.replaceAll(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
    for (const selector of ['#check-now .message', '#check-later .message', '.tools a']) {
      expect(await page.locator(selector).textContent()).toBe(shown);
    }
    expect(await count(strangers)).toBe(0);
    expect(await count('script')).toBe(scripts);
    expect(complaints).toEqual([]);
    expect(requests.filter((request) => !request.startsWith('data:') && request !== url)).toEqual(
      [],
    );
  });

  it('cannot turn the direction of what stands beside it', async () => {
    const { url } = await openShop('express', { database: unhealthy('\u202Eabc') });
    const { page } = await open();
    await page.goto(url);
    for (const place of ['.bad .message', '.check > .message', '.reason', 'h3 bdi']) {
      const bidi = await page.evaluate(
        `getComputedStyle(document.querySelector('${place}')).unicodeBidi`,
      );
      expect(bidi, place).toBe('isolate');
    }
  });

  it('that becomes elements by some fault of ours is not run', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const { page, complaints } = await open();
    await breakThePage(page, url);
    await page.goto(url);
    expect(await page.locator('main script').count()).toBe(1);
    expect(complaints.join('\n')).toContain('Content Security Policy');
    expect(complaints.join('\n')).not.toContain('a dialog');
  });

  it('that becomes elements by some fault of ours is not taken over by a refresh', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const { page, complaints } = await open();
    await page.clock.install();
    await page.goto(url);
    await breakThePage(page, url);
    await refresh(page);
    expect(await page.locator('#injected').count()).toBe(1);
    expect(await page.locator('main script').count()).toBe(0);
    expect(complaints.join('\n')).not.toContain('a dialog');
  });
});

/** Puts elements that run something into all answers from now on. */
async function breakThePage(page: Page, url: string): Promise<void> {
  const injected = '<p id="injected" onclick="alert(1)"><script>alert(1)</script></p>';
  await page.route(url, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<div id="report"[^>]*>/, `$&${injected}`);
    await route.fulfill({ response, body });
  });
}
