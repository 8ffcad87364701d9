const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something took, with no more digits than anybody reads. */
export function durationText(ms: number): string {
  if (ms >= 10 * SECOND) return `${(ms / SECOND).toFixed(0)} s`;
  if (ms >= SECOND) return `${(ms / SECOND).toFixed(2)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return `${ms.toFixed(ms >= 1 || ms === 0 ? 1 : 2)} ms`;
}

/** How long ago something was. A clock that was set back makes it no more than new. */
export function ageText(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Number.isNaN(ms)) return 'some time ago';
  if (ms < SECOND) return 'just now';
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} days ago`;
}

/** The time of day in UTC, as logs have it, with the date where it is not that of `nowMs`. */
export function timeText(atMs: number, nowMs: number): string {
  const at = isoText(atMs);
  const isToday = at.slice(0, 10) === isoText(nowMs).slice(0, 10);
  return `${isToday ? '' : `${at.slice(0, 10)} `}${at.slice(11, 19)} UTC`;
}

/** For machines. A date that is none is the first of all, as in the body of `GET /health`. */
export function isoText(atMs: number): string {
  return new Date(Number.isNaN(atMs) ? 0 : atMs).toISOString();
}

/** `1 check`, `2 checks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
