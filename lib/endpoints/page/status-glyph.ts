import type { HealthStatus } from '../../health/health.types.js';
import { markup, type Markup } from './markup.js';

/** The signs of the three statuses, told apart by their shape; each is drawn once and used by name. */
export const GLYPHS: Markup = markup`<svg class="sprite" aria-hidden="true"><defs>
<symbol id="glyph-healthy" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11"/><path d="M7 12.5l3.4 3.4L17 8.8"/></symbol>
<symbol id="glyph-degraded" viewBox="0 0 24 24"><path class="body" d="M12 2.4L23 21.4H1z"/><path d="M12 9.2v5M12 17.6v.2"/></symbol>
<symbol id="glyph-unhealthy" viewBox="0 0 24 24"><path class="body" d="M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z"/><path d="M8.3 8.3l7.4 7.4M15.7 8.3l-7.4 7.4"/></symbol>
</defs></svg>`;

/** The sign of a status; the word for it always stands beside. */
export function glyphOf(status: HealthStatus): Markup {
  return markup`<span class="glyph" aria-hidden="true"><svg><use href="#glyph-${status}"/></svg></span>`;
}

const SHAPES: Readonly<Record<HealthStatus | 'unknown', string>> = {
  healthy:
    '<circle cx="12" cy="12" r="11" fill="#1f8a5b"/><path d="M7 12.5l3.4 3.4L17 8.8" stroke="#fff" stroke-width="2.5" fill="none"/>',
  degraded:
    '<path d="M12 1.5L23.5 22H.5z" fill="#b87400"/><path d="M12 9v5M12 17.5v1" stroke="#fff" stroke-width="2.5"/>',
  unhealthy:
    '<path d="M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z" fill="#c9342b"/><path d="M8 8l8 8M16 8l-8 8" stroke="#fff" stroke-width="2.5"/>',
  unknown:
    '<circle cx="12" cy="12" r="9.5" fill="none" stroke="#808080" stroke-width="3" stroke-dasharray="4 3"/>',
};

/** The icon of the browser's tab, as a URL that nobody is asked for. */
export function iconOf(status: HealthStatus | 'unknown'): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${SHAPES[status]}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
