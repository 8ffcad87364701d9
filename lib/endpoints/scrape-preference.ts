import type { ExpositionFormat } from '../metrics/metrics.types.js';
import { acceptedRanges, parameterOf, weightOf, type AcceptedRange } from './accept.js';

/** 0.0.1 is the draft of 1.0.0: who reads it reads that. */
const OPENMETRICS_VERSIONS: readonly string[] = ['1.0.0', '0.0.1'];

const TEXT_VERSIONS: readonly string[] = ['0.0.4'];

/**
 * The format that a header `Accept` asks for: OpenMetrics where it is named and counts for more than the text format,
 * or for no less than the wildcard that covers that one. Who names neither, as a browser and `curl`, gets the text format.
 */
export function expositionFormat(accept: string | undefined): ExpositionFormat {
  const ranges = acceptedRanges(accept);
  const openMetrics = highest(
    weightsOf(ranges, 'application/openmetrics-text', OPENMETRICS_VERSIONS),
  );
  if (openMetrics === 0) return 'prometheus';
  const text = weightsOf(ranges, 'text/plain', TEXT_VERSIONS);
  const isPreferred =
    text.length > 0
      ? openMetrics > highest(text)
      : openMetrics >= weightOf(ranges, 'text/*', '*/*');
  return isPreferred ? 'openmetrics' : 'prometheus';
}

/** Whether a header `Accept-Encoding` asks for gzip, and no less than for no encoding at all. */
export function prefersGzip(acceptEncoding: string | undefined): boolean {
  const ranges = acceptedRanges(acceptEncoding);
  const gzip = weightOf(ranges, 'gzip', 'x-gzip', '*');
  return gzip > 0 && gzip >= weightOf(ranges, 'identity');
}

/** What a type counts for where it is named, in one of these versions or in any. */
function weightsOf(
  ranges: readonly AcceptedRange[],
  type: string,
  versions: readonly string[],
): readonly number[] {
  return ranges
    .filter(({ name, parameters }) => {
      if (name !== type) return false;
      const version = parameterOf(parameters, 'version');
      return version === undefined || versions.includes(version);
    })
    .map(({ weight }) => weight);
}

function highest(weights: readonly number[]): number {
  return Math.max(0, ...weights);
}
