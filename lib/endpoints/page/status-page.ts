import { createHash } from 'node:crypto';
import {
  HealthStatus,
  type HealthCheckHistory,
  type HealthStatus as Status,
} from '../../health/health.types.js';
import { shorten } from '../../show-value.js';
import type { CheckOnWire, HealthOnWire } from '../health-body.js';
import { anchorOf, checkRow, statusWord } from './check-row.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { GLYPHS, glyphOf, iconOf } from './status-glyph.js';
import { PAGE_SCRIPT } from './status-page.script.js';
import { PAGE_STYLE } from './status-page.style.js';
import { counted, timeText } from './wording.js';

/** What the page shows: what the JSON says to the same caller, what led there, and where to look further. */
export interface StatusPageView {
  /** The body of `GET /health` for this caller. */
  readonly health: HealthOnWire;
  readonly history: (check: string) => HealthCheckHistory | undefined;
  /** Whether the caller may see messages; `false` blanks those of the history too. */
  readonly showsDetails: boolean;
  readonly live: 'alive' | 'dead';
  readonly ready: 'ready' | 'not_ready';
  /** Names and URLs, only those that this caller may see. */
  readonly tools: Readonly<Record<string, string>>;
}

const { HEALTHY, UNHEALTHY } = HealthStatus;

const TITLES: Readonly<Record<Status, string>> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  unhealthy: 'Unhealthy',
};

/** The bad checks are named at the top; more of them would push the list itself out of sight. */
const NAMED_AT_TOP = 8;

/** How much of a message stands at the top. */
const MESSAGE_AT_TOP = 140;

/** Enough to tell what is going on with a check; the more checks, the fewer of each. */
const TRANSITIONS = 6;
const TRANSITIONS_IN_ALL = 600;

const STYLE_HASH = hashOf(PAGE_STYLE);
const SCRIPT_HASH = hashOf(PAGE_SCRIPT);

/** Two versions of the page that differ in style or script cannot be made one out of the other. */
const EDITION = hashOf(markup`${STYLE_HASH} ${SCRIPT_HASH}`);

/** The Content-Security-Policy of the page: its own style and script, its own server, and nothing else. */
export const PAGE_CSP: string = [
  "default-src 'none'",
  `script-src '${SCRIPT_HASH}'`,
  `style-src '${STYLE_HASH}'`,
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page for people at `GET /health`, as a whole document. */
export function statusPage(view: StatusPageView): string {
  const { health } = view;
  const nowMs = Date.parse(health.timestamp);
  return String(markup`<!doctype html>
<html lang="en" data-edition="${EDITION}" data-status="${health.status}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<noscript><meta http-equiv="refresh" content="30"></noscript>
<title>${TITLES[health.status]} – health</title>
<link rel="icon" href="${iconOf(health.status)}" data-unknown="${iconOf('unknown')}">
<style>${PAGE_STYLE}</style>
</head>
<body>
${GLYPHS}
<header>
<p class="brand">Health</p>
<p id="refreshing" role="status"><noscript>Reloads every 30 s</noscript></p>
<button id="pause" type="button" hidden>Pause</button>
</header>
<main>
<p id="trouble" role="status"></p>
<p id="news" class="spoken" role="status"></p>
<div id="report" data-at="${timeText(nowMs, nowMs)}">
${summary(health, nowMs)}
${surroundings(view)}
${checkList(view, nowMs)}
</div>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`);
}

function hashOf(text: Markup): string {
  return `sha256-${createHash('sha256').update(String(text)).digest('base64')}`;
}

function summary(health: HealthOnWire, nowMs: number): Markup {
  const at = timeText(nowMs, nowMs);
  return markup`<section class="summary" data-status="${health.status}">
${glyphOf(health.status)}
<h1 id="state" tabindex="-1"><span class="spoken">Health: </span><span class="now">${TITLES[health.status]}</span><span class="then">Not known</span></h1>
<p class="counts"><span class="then">Last known: ${health.status}. </span>${countsText(health)}<span class="asked">As of <time datetime="${health.timestamp}">${at}</time></span></p>
${badChecks(health.checks)}</section>`;
}

function countsText({ checks, checks_left_out: leftOut = 0 }: HealthOnWire): string {
  if (checks.length + leftOut === 0) return 'No check is registered.';
  const bad = checks.filter(({ status }) => status !== HEALTHY).length;
  const shown = counted(checks.length, 'check');
  if (leftOut > 0) return `${bad} of the ${shown} shown here ${needs(bad)} attention.`;
  if (bad > 0) return `${bad} of ${shown} ${needs(bad)} attention.`;
  return checks.length === 1 ? 'The one check is healthy.' : `All ${shown} are healthy.`;
}

function needs(count: number): string {
  return count === 1 ? 'needs' : 'need';
}

/**
 * What is wrong, and the way to it. The list itself keeps the order of registration, as the JSON does: rows that
 * change places would slip away under the eyes, the finger and the focus of whoever reads a page that refreshes itself.
 */
function badChecks(checks: readonly CheckOnWire[]): Markup {
  const bad = [UNHEALTHY, HealthStatus.DEGRADED].flatMap((status) =>
    checks.filter((check) => check.status === status),
  );
  if (bad.length === 0) return NOTHING;
  const unnamed = bad.length - NAMED_AT_TOP;
  const rest = unnamed > 0 ? markup`<li class="others">and ${unnamed} more</li>` : NOTHING;
  return markup`<ul class="bad" aria-label="Checks that need attention">${bad
    .slice(0, NAMED_AT_TOP)
    .map(
      ({ name, status, message }) =>
        markup`<li id="bad-${name}" data-status="${status}">${glyphOf(status)}<a href="#${anchorOf(name)}"><bdi>${name}</bdi></a> <span class="status">${statusWord(status)}</span>${messageAtTop(message)}</li>`,
    )}${rest}</ul>`;
}

function messageAtTop(message: string): Markup {
  if (message === '') return NOTHING;
  return markup` <span class="message" dir="auto">${shorten(message, MESSAGE_AT_TOP)}</span>`;
}

function surroundings({ live, ready, tools }: StatusPageView): Markup {
  const names = Object.keys(tools);
  const links =
    names.length === 0
      ? NOTHING
      : markup`<section class="tools"><h2>Tools</h2><ul>${names.map((name) => toolItem(name, tools[name] ?? ''))}</ul></section>`;
  return markup`<div class="around"><section class="probes"><h2>Probes</h2><dl>
${probe('Liveness', live, live === 'alive')}${probe('Readiness', ready.replace('_', ' '), ready === 'ready')}</dl></section>
${links}</div>`;
}

function probe(name: string, answer: string, isGood: boolean): Markup {
  const status = isGood ? HEALTHY : UNHEALTHY;
  return markup`<div data-status="${status}"><dt>${name}</dt><dd>${glyphOf(status)}<span class="status">${statusWord(answer)}</span></dd></div>`;
}

function toolItem(name: string, url: string): Markup {
  const label = markup`<bdi>${name}</bdi>`;
  return isWebUrl(url)
    ? markup`<li><a href="${url}" rel="noreferrer noopener">${label}</a></li>`
    : markup`<li>${label}</li>`;
}

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

function checkList({ health, history, showsDetails }: StatusPageView, nowMs: number): Markup {
  const share = Math.floor(TRANSITIONS_IN_ALL / health.checks.length);
  const transitions = Math.min(TRANSITIONS, share);
  const common = { nowMs, transitions, showsReasons: showsDetails };
  const rows = health.checks.map((check) => checkRow(check, history(check.name), common));
  const list =
    rows.length === 0
      ? markup`<p class="empty">Nothing has been looked at.</p>`
      : markup`<ul class="checks">${rows}</ul>
<p class="legend">A bar is a run, the newest at the right, as high as it was slow. Below the bar, ▲ is degraded and ✕ unhealthy.</p>`;
  return markup`<section class="all"><h2>Checks</h2>
${cutNote(health)}${list}</section>`;
}

function cutNote({ truncated, checks_left_out: leftOut = 0 }: HealthOnWire): Markup {
  if (truncated === undefined) return NOTHING;
  const missing =
    leftOut === 0
      ? 'Long messages and details are cut.'
      : `Messages and details are cut, and ${counted(leftOut, 'check is', 'checks are')} left out. The overall state counts them all.`;
  return markup`<p class="cut">The report is too long to be shown whole. ${missing}</p>`;
}
