import type { AccessOption, DetailsOption } from './endpoints/endpoints.types.js';
import { isRoutePath, PATH_RULE } from './endpoints/route-path.js';
import { CACHE_RULE, THRESHOLD_RULE, TIMEOUT_RULE } from './health/health-check.options.js';
import { areBuckets, BUCKETS_RULE } from './metrics/metric-definition.js';
import { DSN_RULE, isDsn } from './sentry/client/dsn.js';
import { fromStatus } from './sentry/expected-error.js';
import type { CaptureHttpStatus, SentryHealthSettings } from './sentry/sentry.types.js';
import type { Rule } from './settings-reader.js';

/** A text with something in it. */
export const nonEmpty: Rule<string> = {
  accepted: 'a text that is not empty',
  read: (value) => (typeof value === 'string' && value.trim() !== '' ? value : undefined),
};

/** A boolean, or one of the words that a variable may say. */
export const boolean: Rule<boolean> = {
  accepted: 'true, false, 1, 0, yes, no, on or off',
  read: (value) => {
    if (typeof value !== 'boolean' && typeof value !== 'string') return undefined;
    const word = String(value).toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(word)) return true;
    return ['false', '0', 'no', 'off'].includes(word) ? false : undefined;
  },
};

/** What holds for the option of a single check holds for all checks too. */
const asForOneCheck = ({ accepted, allows }: typeof TIMEOUT_RULE): Rule<number> => ({
  accepted,
  read: (value) => (allows(value) ? (value as number) : undefined),
});

/** A deadline. */
export const timeoutMs: Rule<number> = asForOneCheck(TIMEOUT_RULE);

/** For how long something is kept. */
export const cacheMs: Rule<number> = asForOneCheck(CACHE_RULE);

/** How many results in a row. */
export const threshold: Rule<number> = asForOneCheck(THRESHOLD_RULE);

/** Who sees messages and details. */
export const detailsFor: Rule<DetailsOption> = {
  accepted: "'always', 'never' or a function of the request that returns true or false",
  read: (value) =>
    value === 'always' || value === 'never' || typeof value === 'function'
      ? (value as DetailsOption)
      : undefined,
};

/** `true` or `false`, and no word for it. */
export const flag: Rule<boolean> = {
  accepted: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** Where a route is, or `false`. */
export const routePath: Rule<string | false> = {
  accepted: `${PATH_RULE}, or false for no such route`,
  read: (value) =>
    value === false || (typeof value === 'string' && isRoutePath(value)) ? value : undefined,
};

/** Who gets an answer. A token may be long, and must be something that a header can carry. */
export const accessFor: Rule<AccessOption> = {
  isSecret: true,
  accepted:
    "'public', { bearer: a token of visible ASCII characters without spaces } or a function of the request that returns true or false",
  read: (value) => {
    if (value === 'public') return value;
    if (typeof value === 'function') return value as AccessOption;
    if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'bearer') {
      return undefined;
    }
    const { bearer } = value as { bearer: unknown };
    return typeof bearer === 'string' && /^[!-~]{1,4096}$/.test(bearer) ? { bearer } : undefined;
  },
};

/** A port to listen on. */
export const port: Rule<number> = {
  accepted: 'a port, 0 to 65535 (0: any free one)',
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535
      ? value
      : undefined,
};

/** The status code of a final answer. */
export const statusCode: Rule<number> = {
  accepted: 'a status code, 200 to 599',
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599
      ? value
      : undefined,
};

/** A share, as a number or as the text of one. */
export const sampleRate: Rule<number> = {
  accepted: 'a number from 0 to 1',
  read: (value) => {
    const rate = typeof value === 'string' ? Number(value) : value;
    return typeof rate === 'number' && rate >= 0 && rate <= 1 ? rate : undefined;
  },
};

/** The value of a label. */
export const labelValue: Rule<string> = {
  accepted: 'a text',
  read: (value) => (typeof value === 'string' ? value : undefined),
};

/** Upper bounds of a histogram. */
export const buckets: Rule<readonly number[]> = {
  accepted: BUCKETS_RULE,
  read: (value) => (areBuckets(value) ? [...value] : undefined),
};

/** Route patterns, or regular expressions for them. */
export const endpoints: Rule<readonly (string | RegExp)[]> = {
  accepted: 'an array of route patterns, such as "/api/users/:id", and regular expressions',
  read: (value) => {
    if (!Array.isArray(value)) return undefined;
    return value.every(isEndpointPattern) ? [...value] : undefined;
  },
};

/** How many label sets a metric may have. */
export const seriesLimit: Rule<number> = {
  accepted: 'a whole number from 1 to 1000000',
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000
      ? value
      : undefined,
};

/** Refuses whatever stands under a name that no label can have. */
export const noSuchLabel: Rule<string> = {
  accepted:
    'a label name of letters, digits and "_" that starts with neither a digit nor "__" and is neither "le" nor "quantile"',
  read: () => undefined,
};

/** A DSN; `''` stands for none, and so does `null`. */
export const dsnOrNone: Rule<string> = {
  accepted: DSN_RULE,
  read: (value) => {
    if (value === null || value === '') return '';
    return typeof value === 'string' && isDsn(value) ? value : undefined;
  },
};

/** Which errors of requests are captured. */
export const statusesToCapture: Rule<CaptureHttpStatus> = {
  accepted:
    'a status code, 400 to 599, or a function of the status and the error that returns true or false',
  read: (value) => {
    if (typeof value === 'function') return value as CaptureHttpStatus;
    const status = statusCode.read(value);
    return status !== undefined && status >= 400 ? fromStatus(status) : undefined;
  },
};

/** What a check that is degraded leaves in Sentry. */
export const degradedAs: Rule<SentryHealthSettings['degraded']> = {
  accepted: "'breadcrumb' or 'warning'",
  read: (value) => (value === 'breadcrumb' || value === 'warning' ? value : undefined),
};

/** The name of a header, or `false` for none. */
export const headerName: Rule<string | false> = {
  accepted: 'the name of a header, or false for none',
  read: (value) =>
    value === false || (typeof value === 'string' && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(value))
      ? value
      : undefined,
};

/** The name of a field of a body, or `false` for none. */
export const fieldName: Rule<string | false> = {
  accepted: 'the name of a field, or false for none',
  read: (value) => (value === false ? false : nonEmpty.read(value)),
};

/** The address of a tool for people, or `null` (`''` too) for none. */
export const toolUrl: Rule<string | null> = {
  accepted: 'an http: or https: URL without credentials, or none: null or an empty text',
  read: (value) => {
    if (value === null || value === '') return null;
    if (typeof value !== 'string' || !/^https?:\/\/\S+$/i.test(value) || !URL.canParse(value)) {
      return undefined;
    }
    const { username, password } = new URL(value);
    return username === '' && password === '' ? value : undefined;
  },
};

function isEndpointPattern(item: unknown): item is string | RegExp {
  return (typeof item === 'string' && item !== '') || item instanceof RegExp;
}
