import { degraded, healthy, unhealthy } from 'nestjs-observability';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useChromium } from '../../support/browser.js';
import { describeWith } from '../../support/parts.js';
import { changesFrom, refresh, reportedAt, seenText } from './reading.js';
import { openShop } from './shop.js';

/** Has the page note what happens to its elements. */
async function watchNodes(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`{
    const seen = (window.seen = []);
    new MutationObserver((records) => {
      for (const { type, target, addedNodes, removedNodes } of records) {
        for (const node of addedNodes) if (node.nodeType === 1) seen.push('added ' + (node.id || node.className));
        for (const node of removedNodes) if (node.nodeType === 1) seen.push('removed ' + (node.id || node.className));
      }
    }).observe(document.body, { subtree: true, childList: true });
  }`);
  return () => page.evaluate('window.seen') as Promise<string[]>;
}

/** Has the page count what it asks for; a request is heard of here only some time later. */
async function countQuestions(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(`{
    const ask = window.fetch;
    window.asked = 0;
    window.fetch = (...question) => {
      window.asked++;
      return ask(...question);
    };
  }`);
  return () => page.evaluate('window.asked');
}

/** Says that the tab has gone to the back, or come to the front. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`{
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
    document.dispatchEvent(new Event('visibilitychange'));
  }`);
}

describeWith('chromium', 'the status page refreshes itself', () => {
  const open = useChromium();

  async function visit(url: string): Promise<Page> {
    const { page } = await open({ viewport: { width: 600, height: 400 } });
    await page.clock.install();
    await page.goto(url);
    return page;
  }

  it('with what the checks say now', async () => {
    const { url, says } = await openShop('express', { database: healthy(), redis: healthy() });
    const page = await visit(url);
    says['database'] = unhealthy('refused');
    await refresh(page);
    expect(await page.title()).toBe('Unhealthy – health');
    expect(await seenText(page, 'h1')).toContain('Unhealthy');
    expect(await seenText(page, '#check-database .message')).toBe('refused');
    expect(await page.locator('html').getAttribute('data-status')).toBe('unhealthy');
    says['database'] = healthy();
    await refresh(page);
    expect(await page.title()).toBe('Healthy – health');
    expect(await page.locator('#check-database .message').count()).toBe(0);
    expect(await page.locator('.bad').count()).toBe(0);
  });

  it('touching no element of a check that has not changed, nor one that has only other figures', async () => {
    const says = { database: unhealthy('refused', { pool: 3 }), redis: healthy() };
    const { url } = await openShop('express', says);
    const page = await visit(url);
    const seen = await watchNodes(page);
    await refresh(page);
    await refresh(page);
    expect(await seen()).toEqual([]);
  });

  it('adding and removing only what is new and what has gone', async () => {
    const { url, says, registry } = await openShop('express', {
      database: healthy(),
      mail: healthy(),
    });
    const page = await visit(url);
    await page.evaluate(`document.getElementById('check-mail').mine = true`);
    const seen = await watchNodes(page);
    registry.unregister('database');
    registry.registerCheck('redis', () => says['database']);
    await refresh(page);
    expect(await page.locator('.checks h3').allInnerTexts()).toEqual(['mail', 'redis']);
    expect(await seen()).toEqual(['removed check-database', 'added check-redis']);
    expect(await page.evaluate(`document.getElementById('check-mail').mine`)).toBe(true);
  });

  it('keeping focus, scroll position, selection and open details', async () => {
    const says = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`check-${index}`, healthy('', { index })]),
    );
    const { url } = await openShop('express', says);
    const page = await visit(url);
    const summary = page.locator('#check-check-9 .details > summary');
    await summary.click();
    await summary.focus();
    await page.evaluate(
      `getSelection().selectAllChildren(document.querySelector('#check-check-9 pre'))`,
    );
    const state = (): Promise<unknown> =>
      page.evaluate(`({
        focus: document.activeElement.textContent,
        scroll: Math.round(document.querySelector('#check-check-9').getBoundingClientRect().top),
        selection: String(getSelection()),
        open: [...document.querySelectorAll('details[open]')].map((one) => one.textContent),
      })`);
    const before = await state();
    says['check-2'] = unhealthy('refused');
    says['check-9'] = degraded('slow', { index: 9 });
    await refresh(page);
    expect(before).toMatchObject({ focus: 'Details of check-9', selection: '{\n  "index": 9\n}' });
    const { scroll, ...rest } = before as { scroll: number };
    expect(await state()).toMatchObject(rest);
    expect(Math.abs(scroll - ((await state()) as { scroll: number }).scroll)).toBeLessThan(60);
  });

  it('leaving a reader whose place has gone at the overall state', async () => {
    const { url, says } = await openShop('express', { database: unhealthy('refused') });
    const page = await visit(url);
    await page.getByRole('link', { name: 'database' }).focus();
    says['database'] = healthy();
    await refresh(page);
    expect(await page.evaluate('document.activeElement.id')).toBe('state');
  });

  it('announcing a new overall state, once', async () => {
    const { url, says } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await page.evaluate(`{
      window.spoken = [];
      for (const region of document.querySelectorAll('[role=status]')) {
        new MutationObserver(() => window.spoken.push(region.textContent))
          .observe(region, { subtree: true, childList: true, characterData: true });
      }
    }`);
    await refresh(page);
    says['database'] = unhealthy('refused');
    await refresh(page);
    await refresh(page);
    expect(await page.evaluate('window.spoken')).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d UTC: health is now unhealthy$/),
    ]);
  });

  it('not while it is paused, and at once when it goes on', async () => {
    const { url, says } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    const asked = await countQuestions(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.clock.runFor(15_000);
    expect(await asked()).toBe(0);
    expect(await seenText(page, '#refreshing')).toMatch(
      /^Paused; this is from \d\d:\d\d:\d\d UTC$/,
    );
    says['database'] = unhealthy('refused');
    const before = await reportedAt(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await changesFrom(before, () => reportedAt(page));
    expect(await seenText(page, 'h1')).toContain('Unhealthy');
    expect(await seenText(page, '#refreshing')).toBe('Refreshes every 5 s');
  });

  it('not in the background, and at once when it comes back', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    const asked = await countQuestions(page);
    await setHidden(page, true);
    await page.clock.runFor(60_000);
    expect(await asked()).toBe(0);
    const before = await reportedAt(page);
    await setHidden(page, false);
    await changesFrom(before, () => reportedAt(page));
    expect(await page.locator('html[data-old]').count()).toBe(0);
  });

  it('never asking twice at a time', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    const asked = await countQuestions(page);
    await page.route(url, () => {});
    await page.clock.runFor(14_000);
    await setHidden(page, true);
    await setHidden(page, false);
    expect(await asked()).toBe(1);
  });
});
