import type {
  HealthCheckHistory,
  HealthStatus,
  HealthTransition,
} from '../../health/health.types.js';
import { shorten } from '../../show-value.js';
import type { CheckOnWire } from '../health-body.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { runPlot } from './run-plot.js';
import { glyphOf } from './status-glyph.js';
import { ageText, counted, durationText, isoText, timeText } from './wording.js';

/** What all rows have in common. */
export interface RowSurroundings {
  /** The time of the report. */
  readonly nowMs: number;
  /** How many transitions are shown of each check, at most. */
  readonly transitions: number;
  /** Whether their reasons may be shown. */
  readonly showsReasons: boolean;
}

/** As long as a message is in a report that had to be cut. */
const REASON = 100;

/** The word for a status, which becomes one for the past when the page has lost its server. */
export function statusWord(status: string): Markup {
  return markup`<span class="then">was </span>${status}`;
}

/** Where on the page a check is. */
export function anchorOf(name: string): string {
  return `check-${name}`;
}

/** One check. */
export function checkRow(
  check: CheckOnWire,
  history: HealthCheckHistory | undefined,
  surroundings: RowSurroundings,
): Markup {
  const { nowMs } = surroundings;
  return markup`<li id="${anchorOf(check.name)}" class="check" data-status="${check.status}">
<div class="what">${glyphOf(check.status)}<h3><bdi>${check.name}</bdi></h3> <span class="status">${statusWord(check.status)}</span></div>
${messageOf(check)}<dl class="figures"><div><dt>Latency</dt><dd>${durationText(check.latency_ms)}</dd></div><div><dt>Checked</dt><dd>${age(Date.parse(check.checked_at), nowMs)}</dd></div></dl>
${runPlot(history?.results ?? [])}<div class="more">${transitionsOf(check.name, history?.transitions ?? [], surroundings)}${detailsOf(check)}</div></li>`;
}

function messageOf({ message }: CheckOnWire): Markup {
  return message === '' ? NOTHING : markup`<p class="message" dir="auto">${message}</p>`;
}

/** How long ago; when the page has lost its server, that would be a lie, and the time itself stands there. */
function age(atMs: number, nowMs: number): Markup {
  return markup`<time datetime="${isoText(atMs)}"><span class="now">${ageText(atMs, nowMs)}</span><span class="then">${timeText(atMs, nowMs)}</span></time>`;
}

function transitionsOf(
  name: string,
  transitions: readonly HealthTransition[],
  surroundings: RowSurroundings,
): Markup {
  const newestFirst = transitions.slice(-surroundings.transitions).toReversed();
  if (newestFirst.length === 0) return NOTHING;
  const title = `Last ${newestFirst.length === 1 ? 'change' : counted(newestFirst.length, 'change')}`;
  return markup`<details class="changes"><summary>${title}<span class="spoken"> of ${name}</span></summary><ol>${newestFirst.map(
    (transition) => transitionItem(transition, surroundings),
  )}</ol></details>`;
}

function transitionItem(
  { from, to, at, result }: HealthTransition,
  { nowMs, showsReasons }: RowSurroundings,
): Markup {
  const atMs = at.getTime();
  const reason = showsReasons ? shorten(result.message, REASON) : '';
  const why = reason === '' ? NOTHING : markup`<span class="reason" dir="auto">${reason}</span>`;
  return markup`<li><span class="turn">${turnOf(from)}<b data-status="${to}">${to}</b></span> <time datetime="${isoText(atMs)}">${timeText(atMs, nowMs)}<span class="now">, ${ageText(atMs, nowMs)}</span></time>${why}</li>`;
}

function turnOf(from: HealthStatus | undefined): Markup {
  return from === undefined
    ? markup`at first `
    : markup`${from} <span aria-hidden="true">→</span><span class="spoken">to</span> `;
}

function detailsOf({ name, details }: CheckOnWire): Markup {
  if (Object.keys(details).length === 0) return NOTHING;
  return markup`<details class="details"><summary>Details<span class="spoken"> of ${name}</span></summary><pre dir="ltr">${detailsText(details)}</pre></details>`;
}

/** What turns the direction of text is written out, so that nobody can make one value look like another. */
function detailsText(details: CheckOnWire['details']): string {
  return JSON.stringify(details, null, 2).replaceAll(
    /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
