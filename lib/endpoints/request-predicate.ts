import type { IncomingMessage } from 'node:http';
import { adoptPromise } from '../adopt-promise.js';
import { Faults } from '../faults.js';
import { errorText, showValue } from '../show-value.js';
import { tell } from '../tell.js';

/** Says yes or no of a request. Never throws. */
export type RequestPredicate = (request: IncomingMessage) => boolean;

/**
 * Makes a user's function safe to ask: only `true` is a yes, and what it throws is a no.
 *
 * @param option names it, and `otherwise` says what follows when it gives no answer.
 * @param warn is told once what is wrong with the function, and not again at each request.
 * @param faults counts each time.
 */
export function askSafely(
  predicate: (request: IncomingMessage) => unknown,
  option: string,
  otherwise: string,
  warn: (problem: string) => void,
  faults: Faults = new Faults(),
): RequestPredicate {
  let warned = false;
  const refuse = (problem: string): false => {
    faults.count('predicate');
    if (warned) return false;
    warned = true;
    tell(warn, `${option} ${problem}: ${otherwise}`);
    return false;
  };
  return (request) => {
    try {
      const answer = predicate(request);
      if (typeof answer === 'boolean') return answer;
      adoptPromise(answer);
      return refuse(`has returned ${showValue(answer)}, neither true nor false`);
    } catch (error) {
      return refuse(`has thrown: ${errorText(error)}`);
    }
  };
}
