import { Counted, Timed } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';

/** The decorators as plain JavaScript sees them, without the types that refuse their misuse. */
type Untyped = (...args: unknown[]) => unknown;

const DECORATORS: readonly [string, Untyped][] = [
  ['@Counted', Counted as Untyped],
  ['@Timed', Timed as Untyped],
];

const MISTAKES: readonly [string, unknown[], RegExp][] = [
  ['a name with a hyphen', ['calls-total'], /^Metric "calls-total" \(string\): its name is /],
  ['an empty name', [''], /^Metric "" \(string\): its name is /],
  ['an empty help text', ['m', { help: '' }], /its help is ""/],
  [
    'options that are no object',
    ['m', 'help'],
    /^@\w+\('m'\): options is "help" \(string\); accepted is an object\.$/,
  ],
  ['no options at all', ['m', null], /options is null; accepted is an object\.$/],
  [
    'an unknown option',
    ['m', { label: {} }],
    /an option is "label" \(string\); accepted is one of help, labels/,
  ],
  [
    'labels that are no object',
    ['m', { labels: ['team'] }],
    /labels is \["team"\] \(array\); accepted is an object of label names/,
  ],
  [
    'the label class',
    ['m', { labels: { class: 'x' } }],
    /a label name is "class" \(string\); accepted is any but class, method, outcome\.$/,
  ],
  ['the label method', ['m', { labels: { method: 'x' } }], /a label name is "method"/],
  ['the label outcome', ['m', { labels: { outcome: 'x' } }], /a label name is "outcome"/],
  ['a label name that is none', ['m', { labels: { 'my-team': 'x' } }], /a label name is "my-team"/],
  [
    'a label kept for Prometheus',
    ['m', { labels: { __name__: 'x' } }],
    /a label name is "__name__"/,
  ],
  [
    'a label value that is no text',
    ['m', { labels: { team: 5 } }],
    /label team is 5 \(number\); accepted is a text/,
  ],
  ['an empty label value', ['m', { labels: { team: '' } }], /label team is "" \(string\)/],
];

describe.each(DECORATORS)('%s refuses where it is written', (_decorator, decorator) => {
  it.each(MISTAKES)('%s', (_mistake, given, complaint) => {
    expect(() => decorator(...given)).toThrow(TypeError);
    expect(() => decorator(...given)).toThrow(complaint);
  });
});

it('@Timed refuses buckets that are out of order', () => {
  expect(() => Timed('m', { buckets: [1, 0.5] })).toThrow(
    /buckets is \[1,0\.5\] \(array\); accepted is/,
  );
});

it('@Timed refuses the label le', () => {
  expect(() => Timed('m', { labels: { le: '1' } })).toThrow(/a label name is "le"/);
});

it('@Counted refuses buckets', () => {
  expect(() => (Counted as Untyped)('m', { buckets: [1] })).toThrow(/an option is "buckets"/);
});
