import type { Page } from 'playwright-core';

/** When the report was made that a page shows. */
export async function reportedAt(page: Page): Promise<string> {
  return (await page.locator('.asked time').getAttribute('datetime')) ?? '';
}

/** Lets the next refresh come, and waits until the page shows what it brought. The page's clock must be a fake. */
export async function refresh(page: Page): Promise<void> {
  const before = await reportedAt(page);
  await page.clock.runFor(5_000);
  await changesFrom(before, () => reportedAt(page));
}

/** Waits for something to be other than it was, without a clock. */
export async function changesFrom<T>(before: T, read: () => Promise<T>): Promise<T> {
  for (;;) {
    const after = await read();
    if (after !== before) return after;
  }
}

/** The text of an element without what is hidden in it. */
export function seenText(page: Page, selector: string): Promise<string> {
  return page.locator(selector).innerText();
}
