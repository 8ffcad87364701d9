import { effectOnWhole, type WeighedResult } from './health.report.js';
import { HealthStatus, type IndicatorResult } from './health.types.js';

/** What an error of `@nestjs/terminus` carries beside its text. */
export interface ThrownIndicators {
  /** One entry for each thing that was looked at, as an indicator returns them. */
  readonly results: object;
  /** Whether the text of the error says anything. */
  readonly speaks: boolean;
}

/** The words of Terminus. */
const WORD_OF_STATUS = {
  [HealthStatus.HEALTHY]: 'up',
  [HealthStatus.DEGRADED]: 'degraded',
  [HealthStatus.UNHEALTHY]: 'down',
} as const;

/**
 * Reads what an error of Terminus carries: the `HealthCheckError` of an indicator up to version 11, and the
 * `ServiceUnavailableException` of `HealthCheckService.check()`. Any other error gives `undefined`.
 */
export function thrownIndicators(error: unknown): ThrownIndicators | undefined {
  if (!isRecord(error)) return undefined;
  const { causes, getResponse } = error;
  if (isRecord(causes)) return { results: causes, speaks: true };
  const response: unknown =
    typeof getResponse === 'function' ? Reflect.apply(getResponse, error, []) : undefined;
  return isRecord(response) && isRecord(response['error']) && isRecord(response['details'])
    ? { results: response['error'], speaks: false }
    : undefined;
}

/** Puts results as an indicator of Terminus does, so that its `HealthCheckService` can count them. */
export function toIndicatorResult(
  weighed: readonly WeighedResult[],
  showDetails: boolean,
): IndicatorResult {
  return Object.fromEntries(
    weighed.map((one) => {
      const { name, message, details } = one.result;
      const shown = {
        ...(message !== '' && { message }),
        ...(Object.keys(details).length > 0 && { details }),
      };
      return [name, { ...(showDetails && shown), status: WORD_OF_STATUS[effectOnWhole(one)] }];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
