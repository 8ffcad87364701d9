import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Faults } from '../faults.js';
import type { AccessOption, GuardedRoute } from './endpoints.types.js';
import { askSafely } from './request-predicate.js';

/** Whether a request gets an answer: yes, no without a right token, or no for whoever it is. */
export type Admission = 'admitted' | 'unauthorized' | 'forbidden';

/** Says whether a request gets an answer. Never throws. */
export type AccessPolicy = (request: IncomingMessage) => Admission;

/** Of visible ASCII characters, as a header can carry it. */
const BEARER = /^Bearer +([!-~]+) *$/i;

/** Makes a policy of one of the options `access`. @param faults counts what a function of a user does wrong. */
export function accessPolicy(
  route: GuardedRoute,
  option: AccessOption,
  warn: (problem: string) => void,
  faults?: Faults,
): AccessPolicy {
  if (option === 'public') return () => 'admitted';
  if (typeof option === 'function') {
    const admits = askSafely(option, `access.${route}`, 'nobody gets an answer', warn, faults);
    return (request) => (admits(request) ? 'admitted' : 'forbidden');
  }
  const expected = digest(option.bearer);
  return ({ headers }) => {
    const token = BEARER.exec(headers.authorization ?? '')?.[1];
    return token !== undefined && timingSafeEqual(digest(token), expected)
      ? 'admitted'
      : 'unauthorized';
  };
}

/** Texts of different lengths cannot be compared in constant time; their digests can. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
