import { markup, type Markup } from './markup.js';

/** The style sheet of the page. */
export const PAGE_STYLE: Markup = markup`
:root {
  color-scheme: light dark;
  --ground: #f3f4f0; --card: #fff; --ink: #1b201d; --quiet: #58615b; --line: #dde1da;
  --healthy: #16714a; --degraded: #875800; --unhealthy: #b3261e; --unknown: #5f6662; --link: #205a8f;
  --state: var(--unknown);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101312; --card: #181c1b; --ink: #e6eae7; --quiet: #9ba6a0; --line: #2b312f;
    --healthy: #62cc9a; --degraded: #e4b455; --unhealthy: #ff8a80; --unknown: #a3aba7; --link: #8fc1f0;
  }
}
@media (prefers-contrast: more) {
  :root { --quiet: var(--ink); --line: var(--ink); }
}
/* What is not known any more has no colour of its own. */
html[data-old] { --healthy: var(--unknown); --degraded: var(--unknown); --unhealthy: var(--unknown); }
[data-status="healthy"] { --state: var(--healthy); }
[data-status="degraded"] { --state: var(--degraded); }
[data-status="unhealthy"] { --state: var(--unhealthy); }

* { box-sizing: border-box; margin: 0; padding: 0; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding: 1rem; }
body {
  max-width: 64rem; margin: 0 auto; padding: clamp(1rem, 4vw, 2.5rem);
  background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
ul, ol { list-style: none; }
a { color: var(--link); text-underline-offset: .2em; }
a:hover { text-decoration-thickness: .12em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: .25rem; }
#state:focus { outline: none; }
.sprite { position: absolute; width: 0; height: 0; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.then, html[data-old] .now { display: none; }
html[data-old] .then { display: inline; }

.glyph { display: inline-block; flex: none; width: 1.25em; height: 1.25em; color: var(--state); }
.glyph svg { display: block; width: 100%; height: 100%; overflow: visible; }
symbol { overflow: visible; fill: none; stroke: var(--card); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
symbol circle, symbol .body { fill: currentColor; stroke: none; }
html[data-old] .glyph { border: .12em dashed; border-radius: 50%; }
html[data-old] .glyph svg { display: none; }
.status { color: var(--state); font-weight: 600; }

header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem; margin-bottom: 1rem; min-height: 2.25rem; }
.brand { flex: 1 0 auto; font-weight: 650; letter-spacing: -.01em; }
#refreshing { color: var(--quiet); font-size: .875rem; }
button {
  min-width: 5.5rem; min-height: 2.25rem; padding: .25rem .9rem; border: 1px solid var(--quiet); border-radius: 99rem;
  background: transparent; color: inherit; font: inherit; font-size: .875rem; cursor: pointer;
}
button:hover { background: var(--card); }
#trouble:not(:empty) { margin-bottom: 1rem; padding: .9rem 1.1rem; border: 2px dashed var(--ink); border-radius: .75rem; background: var(--card); font-weight: 600; }

section { margin-bottom: 1.75rem; }
h2 { margin-bottom: .6rem; color: var(--quiet); font-size: .875rem; font-weight: 600; }
.summary {
  display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 clamp(.9rem, 3vw, 1.5rem); align-items: center;
  padding: clamp(1.1rem, 3.5vw, 2rem); border: 1px solid; border-radius: 1.1rem;
  border-color: color-mix(in srgb, var(--state) 35%, var(--line));
  background: color-mix(in srgb, var(--state) 9%, var(--card));
}
.summary > .glyph { grid-row: span 2; width: clamp(3rem, 9vw, 4.25rem); height: clamp(3rem, 9vw, 4.25rem); }
h1 { font-size: clamp(2rem, 7vw, 3rem); font-weight: 680; line-height: 1.1; letter-spacing: -.03em; color: var(--state); }
.counts { display: flex; flex-wrap: wrap; gap: 0 .75em; margin-top: .3rem; }
.asked { color: var(--quiet); }
.bad { grid-column: 1 / -1; margin-top: 1.25rem; border-top: 1px solid color-mix(in srgb, var(--state) 25%, var(--line)); }
.bad li { padding: .6rem 0 0; padding-inline-start: 1.9rem; }
.bad .glyph { margin-inline: -1.9rem .65rem; vertical-align: -.25em; }
.bad a { color: inherit; font-weight: 600; }
.bad .message::before { content: "– "; }

.around { display: flex; flex-wrap: wrap; gap: 0 3rem; }
.probes dl, .tools ul { display: flex; flex-wrap: wrap; gap: .5rem; }
.probes dl > div, .tools li { display: flex; align-items: center; gap: .5rem; min-height: 2.5rem; padding: .3rem .9rem; border: 1px solid var(--line); border-radius: .7rem; background: var(--card); }
.probes dt { color: var(--quiet); }
.probes dd { display: flex; align-items: center; gap: .4rem; }

.checks, .empty, .cut { border: 1px solid var(--line); border-radius: 1.1rem; background: var(--card); }
.checks { overflow: hidden; }
.empty, .cut { padding: 1rem 1.25rem; }
.empty { border-style: dashed; color: var(--quiet); }
.cut { margin-bottom: .75rem; }
.check {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .3rem 1rem; align-items: start;
  padding: 1rem 1.25rem; border-inline-start: .3rem solid transparent;
}
.check + .check { border-top: 1px solid var(--line); }
.check:not([data-status="healthy"]) { border-inline-start-color: var(--state); background: color-mix(in srgb, var(--state) 7%, var(--card)); }
.check:target { box-shadow: inset 0 0 0 2px var(--link); border-radius: .4rem; }
.what, .check > .message, .more { grid-column: 1 / -1; }
.what { display: flex; align-items: baseline; gap: .1rem .6rem; flex-wrap: wrap; }
.what .glyph { align-self: center; }
h3 { font-size: 1.0625rem; font-weight: 650; line-height: 1.35; max-width: calc(100% - 2rem); }
.what .status { font-size: .875rem; }
.check > .message { white-space: pre-wrap; }
.figures { display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; align-self: end; font-size: .875rem; line-height: 1.4; }
.figures dt { color: var(--quiet); font-size: .75rem; }
.runs { justify-self: end; width: 8.75rem; text-align: end; }
.runs svg { display: block; width: 8.75rem; height: 2.375rem; margin-bottom: .1rem; }
.runs figcaption { color: var(--quiet); font-size: .75rem; line-height: 1.3; }
.runs path { fill: none; stroke: var(--state); stroke-width: 4; }
.runs .bar[data-status="degraded"] { stroke-dasharray: 2 1.2; }
.runs .mark { stroke-width: 1.6; }
.runs .mark[data-status="degraded"] { fill: var(--state); stroke: none; }
.runs .floor { stroke: var(--line); stroke-width: 1; }

.more { display: flex; flex-wrap: wrap; gap: 0 1.25rem; font-size: .875rem; }
details[open] { flex-basis: 100%; }
.legend { padding: .75rem 1.25rem 0; color: var(--quiet); font-size: .8125rem; }
summary { display: inline-block; padding: .15rem 0; color: var(--quiet); cursor: pointer; }
summary::before { content: "+"; display: inline-block; width: 1.1em; color: var(--quiet); font-weight: 600; }
details[open] > summary::before { content: "−"; }
summary:hover { color: var(--ink); }
.changes li { display: flex; flex-wrap: wrap; gap: 0 .9rem; padding: .2rem 0 .2rem 1.1em; }
.changes time { color: var(--quiet); }
.changes b { color: var(--state); }
.reason { flex-basis: 100%; }
pre {
  margin: .2rem 0 .4rem 1.1em; padding: .75rem .9rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--ground);
  font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap;
}

@media (max-width: 23rem) {
  #refreshing { order: 1; flex-basis: 100%; }
}
@media (min-width: 44rem) {
  .check { grid-template-columns: minmax(0, 1fr) 12rem 8.75rem; grid-template-rows: auto auto 1fr; gap: .2rem 1.5rem; }
  .what, .check > .message, .more { grid-column: 1; }
  .figures { grid-area: 1 / 2 / span 3; display: grid; grid-template-columns: 5fr 7fr; gap: 0 .75rem; align-self: start; }
  .runs { grid-area: 1 / 3 / span 3; }
}
@media (prefers-reduced-motion: no-preference) {
  .summary, .check, .glyph, .status, h1 { transition: color .3s, background-color .3s, border-color .3s; }
}
@media (forced-colors: active) {
  symbol { stroke: Canvas; }
  .runs path { stroke: CanvasText; }
  .runs .mark[data-status="degraded"] { fill: CanvasText; }
  .check { border-inline-start-color: Canvas; }
  .check:not([data-status="healthy"]) { border-inline-start-color: CanvasText; }
}
@media print { header { display: none; } }
`;
