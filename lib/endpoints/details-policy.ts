import type { IncomingMessage } from 'node:http';
import { adoptPromise } from '../adopt-promise.js';
import { errorText, showValue } from '../show-value.js';
import type { DetailsOption } from './endpoints.types.js';

/** Says whether whoever asks may see the messages and details of health checks. Never throws. */
export type DetailsPolicy = (request: IncomingMessage) => boolean;

/**
 * Makes a policy of the option `health.details`. Where that is a function, only `true` lets anybody see anything.
 *
 * @param warn is told once what is wrong with the function, and not again at each request.
 */
export function detailsPolicy(
  option: DetailsOption,
  warn: (problem: string) => void,
): DetailsPolicy {
  if (typeof option !== 'function') return () => option === 'always';
  let warned = false;
  const refuse = (problem: string): false => {
    if (!warned) warn(`health.details ${problem}: nobody sees messages and details`);
    warned = true;
    return false;
  };
  return (request) => {
    try {
      const answer: unknown = option(request);
      if (typeof answer === 'boolean') return answer;
      adoptPromise(answer);
      return refuse(`has returned ${showValue(answer)}, neither true nor false`);
    } catch (error) {
      return refuse(`has thrown: ${errorText(error)}`);
    }
  };
}
