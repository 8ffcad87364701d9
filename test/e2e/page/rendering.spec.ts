import { degraded, healthy, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { useChromium } from '../../support/browser.js';
import { describeWith } from '../../support/parts.js';
import { seenText } from './reading.js';
import { openShop } from './shop.js';

describeWith('chromium', 'the status page', () => {
  const open = useChromium();

  describe.each(PLATFORMS)('on %s', (platform) => {
    it.each([
      ['Healthy', healthy(), 'All 2 checks are healthy.', 'ready'],
      ['Degraded', degraded('slow'), '1 of 2 checks needs attention.', 'ready'],
      ['Unhealthy', unhealthy('refused'), '1 of 2 checks needs attention.', 'not ready'],
    ])('is %s at a glance', async (state, outcome, counts, readiness) => {
      const { url } = await openShop(platform, { database: outcome, redis: healthy() });
      const { page, complaints } = await open();
      await page.goto(url);
      expect(await page.title()).toBe(`${state} – health`);
      expect(await seenText(page, 'h1')).toContain(state);
      expect(await seenText(page, '.counts')).toContain(counts);
      expect(await seenText(page, '#check-database .status')).toBe(outcome.status);
      expect(await seenText(page, '#check-redis .status')).toBe('healthy');
      expect(await seenText(page, '.probes')).toContain('alive');
      expect(await seenText(page, '.probes div:last-child dd')).toBe(readiness);
      expect(complaints).toEqual([]);
    });

    it('shows of each check its message, latency, age, runs, transitions and details', async () => {
      const outcome = unhealthy('refused by db-7', { pool: { busy: 3 } });
      const { url } = await openShop(platform, { database: outcome });
      const { page } = await open();
      await page.goto(url);
      const row = page.locator('#check-database');
      expect(await row.locator('.message').innerText()).toBe('refused by db-7');
      expect(await row.locator('dd').first().innerText()).toMatch(/^\d+(\.\d+)? m?s$/);
      expect(await row.locator('dd').last().innerText()).toMatch(/^just now$|ago$/);
      expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/unhealthy; /);
      await row.getByText('Last change').click();
      expect(await row.locator('.changes li').innerText()).toMatch(/^at first unhealthy\b/);
      expect(await row.locator('.reason').innerText()).toBe('refused by db-7');
      await row.getByText('Details').click();
      expect(JSON.parse(await row.locator('pre').innerText())).toEqual({ pool: { busy: 3 } });
    });

    it('says no more than the JSON to whoever may not see messages and details', async () => {
      const outcome = unhealthy('refused by db-7', { host: 'db-7' });
      const { url } = await openShop(
        platform,
        { database: outcome },
        { health: { details: 'never' } },
      );
      const { page } = await open();
      await page.goto(url);
      expect(await seenText(page, '#check-database .status')).toBe('unhealthy');
      expect(await page.locator('#check-database .changes li').count()).toBe(1);
      expect(await page.content()).not.toContain('db-7');
    });

    it('links to the tools, and tells them nothing of where the reader came from', async () => {
      const tools = { 'Log-Search': 'https://logs.example.com/a?b=c&d="e"' };
      const { url } = await openShop(platform, {}, { tools });
      const { page } = await open();
      await page.goto(url);
      const link = page.getByRole('link', { name: 'Log-Search' });
      expect(await link.getAttribute('href')).toBe(tools['Log-Search']);
      expect(await link.getAttribute('rel')).toBe('noreferrer noopener');
    });

    it('names the bad checks at the top, each with a way to its row', async () => {
      const says = { redis: healthy(), mail: degraded('slow'), database: unhealthy('refused') };
      const { url } = await openShop(platform, says);
      const { page } = await open();
      await page.goto(url);
      expect(await page.locator('.bad a').allInnerTexts()).toEqual(['database', 'mail']);
      expect(await page.locator('.checks h3').allInnerTexts()).toEqual([
        'redis',
        'mail',
        'database',
      ]);
      await page.getByRole('link', { name: 'database' }).click();
      expect(new URL(page.url()).hash).toBe('#check-database');
      expect(await page.locator(':target h3').innerText()).toBe('database');
    });
  });

  it('is not there where it is switched off: the browser gets JSON', async () => {
    const { url } = await openShop('express', { database: healthy() }, { health: { page: false } });
    const { page } = await open();
    const response = await page.goto(url);
    expect(await response?.json()).toMatchObject({ status: 'healthy' });
  });

  it('asks nobody but its own server, for nothing but itself', async () => {
    const { url } = await openShop('express', { database: healthy() });
    const { page, requests } = await open();
    await page.clock.install();
    await page.goto(url);
    await page.clock.runFor(5_000);
    await page.waitForLoadState('networkidle');
    expect(new Set(requests.filter((request) => !request.startsWith('data:')))).toEqual(
      new Set([url]),
    );
    expect(requests.length).toBeGreaterThanOrEqual(2);
  });

  it('is whole without JavaScript, with no button that would do nothing', async () => {
    const { url } = await openShop('express', { database: unhealthy('refused') });
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(url);
    expect(await seenText(page, 'h1')).toContain('Unhealthy');
    expect(await seenText(page, '#check-database .message')).toBe('refused');
    expect(await seenText(page, '#refreshing')).toBe('Reloads every 30 s');
    expect(await page.locator('#pause').isVisible()).toBe(false);
    expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('30');
  });

  it('needs no more than a narrow phone, whatever the names and messages', async () => {
    const name = 'x'.repeat(64);
    const details = { ['k'.repeat(200)]: 'v'.repeat(900) };
    const says = { [name]: unhealthy('m'.repeat(480), details), b: healthy('word '.repeat(90)) };
    const { url } = await openShop('express', says, {
      tools: { ['t'.repeat(90)]: 'https://a.example' },
    });
    const { page } = await open({ viewport: { width: 320, height: 640 } });
    await page.goto(url);
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  it('says that there is nothing to look at where no check is registered', async () => {
    const { url } = await openShop('express', {});
    const { page } = await open();
    await page.goto(url);
    expect(await seenText(page, '.counts')).toContain('No check is registered.');
    expect(await seenText(page, '.empty')).toBe('Nothing has been looked at.');
  });
});
