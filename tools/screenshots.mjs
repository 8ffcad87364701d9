// Takes the pictures of the status page that the README shows, with what a shop might have to say on some day.
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { build, installMissing } from './prepare.mjs';

const DOCS = join(import.meta.dirname, '../docs');
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const URL_OF_PAGE = 'http://shop.example/health';
const NOW_MS = Date.UTC(2026, 0, 27, 10, 30, 5);
const RUN_EVERY_MS = 15_000;

const SHOTS = [
  { file: 'status-page-light.png', colorScheme: 'light', width: 1_040, view: degradedShop },
  { file: 'status-page-dark.png', colorScheme: 'dark', width: 1_040, view: unhealthyShop },
  { file: 'status-page-phone.png', colorScheme: 'light', width: 390, view: unhealthyShop },
];

/**
 * A check as its last 20 runs have left it.
 *
 * @param runs one sign a run: `.` healthy, `d` degraded, `u` unhealthy.
 * @param latency of each run, by its number.
 */
function check(name, runs, latency, { message = '', details = {}, reasons = [], ageMs = 0 } = {}) {
  const status = { '.': 'healthy', d: 'degraded', u: 'unhealthy' };
  const told = [...reasons];
  const results = [...runs].map((sign, index) => ({
    name,
    status: status[sign],
    message: sign === runs[index - 1] ? '' : (told.shift() ?? ''),
    latencyMs: latency(index),
    details: {},
    checkedAt: new Date(NOW_MS - ageMs - (runs.length - 1 - index) * RUN_EVERY_MS),
  }));
  const transitions = results
    .map((result, index) => ({
      name,
      from: results[index - 1]?.status,
      to: result.status,
      result,
      at: result.checkedAt,
    }))
    .filter(({ from, to }) => from !== undefined && from !== to);
  const last = results.at(-1);
  const onWire = {
    name,
    status: last.status,
    message,
    latency_ms: last.latencyMs,
    details,
    checked_at: last.checkedAt.toISOString(),
  };
  return { onWire, history: { results, transitions } };
}

/** The same on each run of this program, without looking so. */
function about(ms, spread) {
  return (index) => ms * (1 + spread * Math.sin(index * 12.9898 + ms) * Math.cos(index * 4.1414));
}

const ALWAYS = '.'.repeat(20);

const redis = check('redis', ALWAYS, about(0.82, 0.6), { details: { connected_clients: 14 } });
const mail = check('mail:smtp', ALWAYS, about(38, 0.5), { message: '250 ready', ageMs: 12_000 });
const orders = check('module:orders', ALWAYS, about(6.4, 0.7), {
  details: { waiting: 3, oldest_s: 1.2 },
  ageMs: 4_000,
});

function degradedShop() {
  const checks = [
    check('database', ALWAYS, about(2.6, 0.5), {
      message: 'primary, 2 replicas',
      details: { pool: { idle: 7, busy: 3, waiting: 0 } },
    }),
    redis,
    check('payment-provider', `${'.'.repeat(9)}dd.....dddd`, (index) => slowing(index, 9), {
      message: 'slow: 95 % of the answers take up to 870 ms',
      details: { p50_ms: 212, p95_ms: 870, region: 'eu-central' },
      reasons: ['', 'slow: 95 % up to 640 ms', 'fast again', 'slow: 95 % up to 810 ms'],
    }),
    mail,
    orders,
    check('module:billing', ALWAYS, about(11, 0.6), { message: '12 invoices today', ageMs: 4_000 }),
  ];
  return view('degraded', checks, 'ready');
}

function slowing(index, from) {
  return index < from || (index > 10 && index < 16)
    ? about(120, 0.5)(index)
    : about(560, 0.35)(index);
}

function unhealthyShop() {
  const checks = [
    check(
      'database',
      `${'.'.repeat(16)}uuuu`,
      (index) => (index < 16 ? about(2.6, 0.5)(index) : 0.4),
      {
        message: 'connect ECONNREFUSED 10.0.4.17:5432',
        details: { pool: { idle: 0, busy: 0, waiting: 21 } },
        reasons: ['', 'connect ECONNREFUSED 10.0.4.17:5432'],
      },
    ),
    redis,
    check('payment-provider', `${'.'.repeat(12)}d.....dd`, about(180, 0.6), {
      message: 'slow: 95 % of the answers take up to 640 ms',
      reasons: ['', 'slow: 95 % up to 590 ms', '', 'slow: 95 % up to 640 ms'],
    }),
    mail,
    orders,
    check(
      'module:billing',
      `${'.'.repeat(17)}uuu`,
      (index) => (index < 17 ? about(11, 0.6)(index) : 800),
      {
        message: 'no answer within 800 ms',
        reasons: ['', 'no answer within 800 ms'],
      },
    ),
  ];
  return view('unhealthy', checks, 'not_ready');
}

function view(status, checks, ready) {
  return {
    health: {
      status,
      timestamp: new Date(NOW_MS + 400).toISOString(),
      checks: checks.map(({ onWire }) => onWire),
    },
    history: (name) => checks.find(({ onWire }) => onWire.name === name)?.history,
    showsDetails: true,
    live: 'alive',
    ready,
    tools: {
      grafana: 'https://grafana.example.com/d/shop',
      prometheus: 'https://prometheus.example.com',
      runbook: 'https://wiki.example.com/shop',
    },
  };
}

async function take(browser, { file, colorScheme, width, view: viewOf }, { statusPage, PAGE_CSP }) {
  const phone = width < 500;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: phone ? 1_180 : 800 },
    deviceScaleFactor: phone ? 1.5 : 1,
  });
  const page = await context.newPage();
  await page.route(URL_OF_PAGE, (route) =>
    route.fulfill({
      body: statusPage(viewOf()),
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': PAGE_CSP,
      },
    }),
  );
  await page.goto(URL_OF_PAGE);
  if (!phone) await page.click('[data-status="degraded"] .changes > summary');
  await page.mouse.move(0, 0);
  const { byteLength } = await page.screenshot({ path: join(DOCS, file), fullPage: !phone });
  console.log(`docs/${file}: ${(byteLength / 1e3).toFixed(0)} kB`);
  await context.close();
}

installMissing();
build();
const lib = await import('../dist/lib/endpoints/page/status-page.js');
const browser = await chromium.launch({
  executablePath: BROWSER,
  args: ['--no-sandbox', '--disable-gpu', '--disable-component-update', '--disable-sync'],
});
for (const shot of SHOTS) await take(browser, shot, lib);
await browser.close();
