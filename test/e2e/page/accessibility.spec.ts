import axe, { type AxeResults } from 'axe-core';
import { degraded, healthy, unhealthy, type HealthCheckReturn } from 'nestjs-observability';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useChromium } from '../../support/browser.js';
import { describeWith } from '../../support/parts.js';
import { openShop } from './shop.js';

const TOOLS = { grafana: 'https://grafana.example.com', runbook: 'https://wiki.example.com' };

const SHOPS: Readonly<Record<string, Record<string, HealthCheckReturn>>> = {
  healthy: { database: healthy('fine', { pool: 3 }), redis: undefined },
  unhealthy: {
    database: unhealthy('refused', { pool: 3 }),
    mail: degraded('slow'),
    redis: healthy(),
  },
  empty: {},
};

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = 'axe.run({ rules: { "target-size": { enabled: true } } })';
  const { violations, passes } = (await page.evaluate(run)) as AxeResults;
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describeWith('chromium', 'the status page is for everyone', () => {
  const open = useChromium();

  it.each(
    Object.keys(SHOPS).flatMap((state) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        [320, 1_040].map((width) => ({ state, colorScheme, width })),
      ),
    ),
  )('axe finds nothing: $state, $colorScheme, $width px', async (shape) => {
    const { state, colorScheme, width } = shape;
    const { url } = await openShop('express', SHOPS[state] ?? {}, { tools: TOOLS });
    const { page } = await open({
      colorScheme,
      viewport: { width, height: 700 },
      reducedMotion: 'reduce',
    });
    await page.goto(url);
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await faultsOf(page)).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'axe finds nothing where the server has gone: %s',
    async (colorScheme) => {
      const { url, close } = await openShop('express', SHOPS['unhealthy'] ?? {}, { tools: TOOLS });
      const { page } = await open({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(url);
      await close();
      await page.locator('html[data-old]').waitFor();
      expect(await faultsOf(page)).toEqual([]);
    },
  );

  it('all that can be used is reached with the keyboard, and shows that it is', async () => {
    const { url } = await openShop('express', SHOPS['unhealthy'] ?? {}, { tools: TOOLS });
    const { page } = await open();
    await page.goto(url);
    const reached: string[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const focus = (await page.evaluate(`(() => {
        const element = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { text: element === document.body ? '' : element.textContent, outlineStyle, outlineWidth };
      })()`)) as { text: string; outlineStyle: string; outlineWidth: string };
      if (focus.text === '' || focus.text === reached[0]) break;
      expect(focus, focus.text).toMatchObject({ outlineStyle: 'solid', outlineWidth: '3px' });
      reached.push(focus.text);
    }
    expect(reached).toEqual([
      'Pause',
      'database',
      'mail',
      'grafana',
      'runbook',
      'Last change of database',
      'Details of database',
      'Last change of mail',
    ]);
  });

  it('details open and close with the keyboard', async () => {
    const { url } = await openShop('express', SHOPS['unhealthy'] ?? {});
    const { page } = await open();
    await page.goto(url);
    await page.locator('#check-database .details > summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#check-database pre').isVisible()).toBe(true);
    await page.keyboard.press('Space');
    expect(await page.locator('#check-database pre').isVisible()).toBe(false);
  });

  it('no status is told by colour alone', async () => {
    const { url } = await openShop('express', SHOPS['unhealthy'] ?? {});
    const { page } = await open({ forcedColors: 'active' });
    await page.goto(url);
    for (const [name, status] of [
      ['database', 'unhealthy'],
      ['mail', 'degraded'],
      ['redis', 'healthy'],
    ]) {
      const row = page.locator(`#check-${name}`);
      expect(await row.locator('.status').innerText()).toBe(status);
      expect(await row.locator('use').getAttribute('href')).toBe(`#glyph-${status}`);
      expect(await row.locator('.mark').count()).toBe(status === 'healthy' ? 0 : 1);
    }
  });

  it('nothing moves for whoever wants no motion', async () => {
    const { url } = await openShop('express', SHOPS['healthy'] ?? {});
    const { page } = await open({ reducedMotion: 'reduce' });
    await page.goto(url);
    const moving = await page.evaluate(`[...document.querySelectorAll('*')].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return transitionDuration !== '0s' || animationName !== 'none';
    }).length`);
    expect(moving).toBe(0);
  });
});
