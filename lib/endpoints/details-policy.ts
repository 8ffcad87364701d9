import type { DetailsOption } from './endpoints.types.js';
import { askSafely, type RequestPredicate } from './request-predicate.js';

/** Makes of the option `health.details` what says whether whoever asks may see messages and details of health checks. */
export function detailsPolicy(
  option: DetailsOption,
  warn: (problem: string) => void,
): RequestPredicate {
  if (typeof option !== 'function') return () => option === 'always';
  return askSafely(option, 'health.details', 'nobody sees messages and details', warn);
}
