import type { Faults } from '../faults.js';
import type { DetailsOption } from './endpoints.types.js';
import { askSafely, type RequestPredicate } from './request-predicate.js';

/**
 * Makes of the option `health.details` what says whether whoever asks may see messages and details of health checks.
 *
 * @param faults counts what a function of a user does wrong.
 */
export function detailsPolicy(
  option: DetailsOption,
  warn: (problem: string) => void,
  faults?: Faults,
): RequestPredicate {
  if (typeof option !== 'function') return () => option === 'always';
  return askSafely(option, 'health.details', 'nobody sees messages and details', warn, faults);
}
