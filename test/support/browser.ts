import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { PARTS } from './parts.js';

const ARGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page in a browser, and what it has done that nobody asked it for. */
export interface Visit {
  readonly page: Page;
  /** What the console says that is no plain message, errors that nobody caught, and dialogs. */
  readonly complaints: string[];
  /** The URLs of all requests. */
  readonly requests: string[];
}

/** One browser for a group of tests. @returns what opens a page in a context of its own, closed when the test is finished. */
export function useChromium(): (options?: BrowserContextOptions) => Promise<Visit> {
  const running: { browser?: Browser } = {};
  beforeAll(async () => {
    const [executablePath] = PARTS.chromium.command;
    running.browser = await chromium.launch({ executablePath, args: [...ARGS] });
  });
  afterAll(() => running.browser?.close());
  return async (options) => {
    if (running.browser === undefined) throw new Error('The browser has not started.');
    const context = await running.browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    return { page, ...watch(page) };
  };
}

function watch(page: Page): Omit<Visit, 'page'> {
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  return { complaints, requests };
}
