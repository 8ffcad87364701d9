import { healthy } from 'nestjs-observability';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useChromium } from '../../support/browser.js';
import { describeWith } from '../../support/parts.js';
import { changesFrom, seenText } from './reading.js';
import { openShop } from './shop.js';

/** All that a reader sees or hears of a state that is not known any more. */
async function expectNothingLooksHealthy(page: Page): Promise<void> {
  expect(await page.title()).toBe('Not known – health');
  expect(await seenText(page, 'h1')).toContain('Not known');
  expect(await seenText(page, 'h1')).not.toMatch(/healthy/i);
  expect(await seenText(page, '.counts')).toMatch(/^Last known: healthy\./);
  expect(await page.locator('.glyph svg:visible').count()).toBe(0);
  const words = await page.locator('.status').allInnerTexts();
  expect(words).toEqual(['was alive', 'was ready', 'was healthy']);
  expect(await seenText(page, '#check-database time')).toMatch(/^\d\d:\d\d:\d\d UTC$/);
  const colours = await page.evaluate(`(() => {
    const root = getComputedStyle(document.documentElement);
    return ['--healthy', '--unknown'].map((name) => root.getPropertyValue(name));
  })()`);
  expect(colours).toHaveProperty('0', (colours as string[])[1]);
}

const trouble = (page: Page): Promise<string> => page.locator('#trouble').innerText();

describeWith('chromium', 'the status page whose server', () => {
  const open = useChromium();

  async function visit(url: string): Promise<Page> {
    const { page } = await open();
    await page.clock.install();
    await page.goto(url);
    expect(await trouble(page)).toBe('');
    return page;
  }

  it('has gone says so and since when, and looks healthy no more', async () => {
    const { url, close } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await close();
    await page.clock.runFor(5_000);
    await changesFrom('', () => trouble(page));
    expect(await trouble(page)).toMatch(
      /^The server has not answered since \d\d:\d\d:\d\d UTC\. What is shown here is from then\.$/,
    );
    expect(await page.locator('#trouble').getAttribute('role')).toBe('status');
    await expectNothingLooksHealthy(page);
  });

  it.each([
    ['an error page', { status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }],
    [
      'a page of somebody else',
      { status: 200, contentType: 'text/html', body: '<main id="report">' },
    ],
    ['JSON', { status: 200, contentType: 'application/json', body: '{"status":"healthy"}' }],
    ['nothing', { status: 200, body: '' }],
  ])('answers with %s says so', async (_what, answer) => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await page.route(url, (route) => route.fulfill(answer));
    await page.clock.runFor(5_000);
    await changesFrom('', () => trouble(page));
    expect(await trouble(page)).toMatch(
      new RegExp(
        `^The server has answered with something else than this page \\(${answer.status}\\) since`,
      ),
    );
    await expectNothingLooksHealthy(page);
  });

  it('sends it to a login page says so, and does not follow', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const { page, requests } = await open();
    await page.clock.install();
    await page.goto(url);
    await page.route(url, (route) =>
      route.fulfill({ status: 302, headers: { Location: '/login' } }),
    );
    await page.clock.runFor(5_000);
    expect(await changesFrom('', () => trouble(page))).toContain('something else than this page');
    expect(requests.filter((request) => request.endsWith('/login'))).toEqual([]);
    await expectNothingLooksHealthy(page);
  });

  it('hangs is not waited for longer than 15 s', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await page.route(url, () => {});
    await page.clock.runFor(5_000 + 15_000);
    expect(await changesFrom('', () => trouble(page))).toMatch(
      /^The server has not answered since/,
    );
    await expectNothingLooksHealthy(page);
  });

  it('answers again is believed again, and that is said', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await page.route(url, (route) => route.abort());
    await page.clock.runFor(5_000);
    const said = await changesFrom('', () => trouble(page));
    await page.unroute(url);
    await page.clock.runFor(5_000);
    await changesFrom(said, () => trouble(page));
    expect(await page.title()).toBe('Healthy – health');
    expect(await page.locator('html[data-old]').count()).toBe(0);
    expect(await page.locator('#news').textContent()).toMatch(/health is now healthy$/);
  });

  it('is not asked because the reader has paused looks healthy no more after a while', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.clock.runFor(19_000);
    expect(await page.title()).toBe('Healthy – health');
    await page.clock.runFor(3_000);
    await expectNothingLooksHealthy(page);
  });

  it('has got another edition of the page shows that one', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const page = await visit(url);
    await page.evaluate(`document.documentElement.dataset.edition = 'older'; window.isOld = true;`);
    await page.clock.runFor(5_000);
    await changesFrom(true, () => page.evaluate('window.isOld === true').catch(() => true));
    expect(await page.title()).toBe('Healthy – health');
  });
});
