import { healthy, unhealthy } from 'nestjs-observability';
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

    const shown = text.replaceAll(/[\u0000\u0007\uD800]/g, '\uFFFD');
    for (const selector of ['#check-now .message', '#check-later .message', '.tools a']) {
      expect(await page.locator(selector).textContent()).toBe(shown);
    }
    expect(await count(strangers)).toBe(0);
    expect(await count('script')).toBe(scripts);
    expect(complaints).toEqual([]);
    expect(requests.filter((request) => !/^data:/.test(request) && request !== url)).toEqual([]);
  });

  it('cannot turn the direction of what stands beside it', async () => {
    const { url } = await openShop('express', { database: unhealthy('\u202Eabc') });
    const { page } = await open();
    await page.goto(url);
    const isolated = await page.evaluate(
      `getComputedStyle(document.querySelector('#check-database .message')).unicodeBidi`,
    );
    expect(isolated).toMatch(/isolate/);
  });

  it('that becomes a script element by some fault of ours is not run', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const { page, complaints } = await open();
    await page.route(url, async (route) => {
      const response = await route.fetch();
      const inserted = '<div id="report"><script>alert(1)</script><img src="x" onerror="alert(1)">';
      const body = (await response.text()).replace('<div id="report"', `${inserted}<div`);
      await route.fulfill({ response, body });
    });
    await page.clock.install();
    await page.goto(url);
    await page.clock.runFor(5_000);
    await page.waitForResponse(url);
    expect(complaints.filter((complaint) => complaint.startsWith('a dialog'))).toEqual([]);
    expect(complaints.join()).toContain('Content Security Policy');
  });
});
