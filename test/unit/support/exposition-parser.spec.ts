import { describe, expect, it } from 'vitest';
import {
  ExpositionError,
  parseExposition,
  seriesOf,
  type Format,
} from '../../support/exposition-parser.js';
import { canonical } from '../../support/exposition-rules.js';

const HISTOGRAM = [
  '# HELP h Seconds',
  '# TYPE h histogram',
  'h_bucket{a="x",le="0.1"} 1',
  'h_bucket{a="x",le="1.0"} 3',
  'h_bucket{a="x",le="+Inf"} 4',
  'h_sum{a="x"} -2.5',
  'h_count{a="x"} 4',
];
const SUMMARY = [
  '# TYPE s summary',
  's{quantile="0.5"} 1',
  's{quantile="0.99"} 2',
  's_sum 3',
  's_count 2',
];

const plain = (...lines: string[]) => `${lines.join('\n')}\n`;
const open = (...lines: string[]) => plain(...lines, '# EOF');
const without = (lines: readonly string[], part: string) =>
  lines.filter((line) => !line.includes(part));
const changed = (lines: readonly string[], from: string, to: string) =>
  lines.map((line) => line.replace(from, to));

const VALID: Readonly<Record<Format, Readonly<Record<string, string>>>> = {
  prometheus: {
    nothing: '',
    'an empty line': '\n',
    'only a comment': '# Metrics are off.\n',
    'no type': 'up 1\n',
    'a counter': plain('# HELP c_total Requests', '# TYPE c_total counter', 'c_total{a="x"} 1e3'),
    'blank lines, comments, slack and a time': plain(
      '# a comment',
      '',
      '# TYPE  g   gauge',
      '  g { a = "x" , b = "y" , }  -1.5E-3   1395066363000 ',
      '#TYPED',
      'g{} NaN',
      'g{a="z"} +Inf -39',
    ),
    escapes: plain('# HELP g A "word", a \\\\ and a \\n', 'g{a="C:\\\\DIR\\n\\"x\\""} 1'),
    'signs of any language': plain('g{a="é\u2028\u{1f600}{}=,#"} 1'),
    'a histogram': plain(...changed(HISTOGRAM, '1.0', '1')),
    'a summary': plain(...SUMMARY),
    'a type without samples': plain('# TYPE h histogram', '# TYPE g gauge'),
    'a name with colons': plain('job:rate:5m 1'),
  },
  openmetrics: {
    nothing: '# EOF\n',
    'no line feed at the end': '# EOF',
    'a counter': open('# TYPE c counter', '# HELP c Requests', 'c_total{a="x"} 1', 'c_total 2'),
    'a counter with the time when it began': open(
      '# TYPE c counter',
      'c_total 17.0',
      'c_created 1',
    ),
    'a unit': open('# TYPE c_seconds counter', '# UNIT c_seconds seconds', 'c_seconds_total 1.5'),
    'no type': open('up 1'),
    'an unknown': open('# TYPE requests unknown', 'requests 42.23 1520879607.789'),
    escapes: open('# HELP g Some \\n and \\" and \\\\', 'g{a="\\"\\n\\\\"} 1'),
    'a histogram': open(...HISTOGRAM),
    'a histogram with nothing but buckets': open(...HISTOGRAM.slice(0, 5)),
    'a summary': open(...SUMMARY),
    'an example': open('# TYPE c counter', 'c_total 1 # {id="x"} 0.5 1520879607.789'),
    'two points in time': open('# TYPE g gauge', 'g 17.0 123', 'g 18.0 456'),
    'bounds of every size': open(
      '# TYPE h histogram',
      ...['-1e+06', '0.0', '1e-05', '0.0001', '100000.0', '1e+06', '1.1e+23', '+Inf'].map(
        (le) => `h_bucket{le="${le}"} 1`,
      ),
    ),
  },
};

/** What is wrong, the text, the line and a part of the reason. */
type Case = readonly [what: string, text: string, line: number, reason: string];

const INVALID_IN_BOTH: readonly Case[] = [
  ['a name that begins with a digit', 'up 1\n9lives 1\n', 2, 'the name of a sample'],
  ['a label name with a dash', 'up{a-b="x"} 1\n', 1, 'an equals sign'],
  ['a label name that begins with a digit', 'up{1a="x"} 1\n', 1, 'the name of a label'],
  ['a label twice', 'up{a="x",a="y"} 1\n', 1, 'twice'],
  ['a value without quotes', 'up{a=x} 1\n', 1, 'a quote before'],
  ['a value that does not end', 'up{a="x} 1\n', 1, 'a quote after'],
  ['a quote in a value', 'up{a="x"y"} 1\n', 1, 'a comma'],
  ['an escape that does not exist', 'up{a="\\t"} 1\n', 1, 'escape'],
  ['a backslash at the end of a line', 'up{a="\\\n', 1, 'a backslash'],
  ['a line feed in a value', 'up{a="x\ny"} 1\n', 1, 'a quote after'],
  ['a carriage return', 'up{a="x\ry"} 1\n', 1, 'no place'],
  ['lines that end as on Windows', 'up 1\r\n', 1, 'no place'],
  ['a NUL', 'up{a="\u0000"} 1\n', 1, 'no place'],
  ['a DEL', 'up{a="\u007f"} 1\n', 1, 'no place'],
  ['a byte order mark', '\ufeffup 1\n', 1, 'no place'],
  ['half a character', 'up{a="\ud800"} 1\n', 1, 'no place'],
  ['labels that do not end', 'up{a="x" 1\n', 1, 'a comma'],
  ['two commas', 'up{a="x",,b="y"} 1\n', 1, 'the name of a label'],
  ['no number', 'up{a="x"}\n', 1, 'expected'],
  ['a word for a number', 'up true\n', 1, 'a number'],
  ['a number with a unit', 'up 1s\n', 1, 'a number'],
  ['undefined', 'up undefined\n', 1, 'a number'],
  ['a hexadecimal number', 'up 0x10\n', 1, 'a number'],
  ['more than a sample', 'up 1 2 3\n', 1, 'more than'],
  ['a name alone', 'up\n', 1, 'expected'],
  ['an unknown type', '# TYPE up number\nup 1\n', 1, 'unknown "number"'],
  ['no type at all', '# TYPE up \nup 1\n', 1, 'unknown ""'],
  ['two words for a type', '# TYPE up gauge gauge\n', 1, 'more than the TYPE'],
  ['a type told twice', '# TYPE up gauge\n# TYPE up gauge\nup 1\n', 2, 'twice'],
  ['a help told twice', '# HELP up a\n# HELP up b\nup 1\n', 2, 'twice'],
  ['a type after its samples', '# HELP up x\nup 1\n# TYPE up gauge\n', 3, 'after samples'],
  ['a help after its samples', '# TYPE up gauge\nup 1\n# HELP up x\n', 3, 'after samples'],
  ['a help with an escape that does not exist', '# HELP up \\t\nup 1\n', 1, 'escape'],
  ['families that are interleaved', 'a{x="1"} 1\nb 1\na{x="2"} 1\n', 3, 'two places'],
  ['what is told of families, interleaved', '# HELP a x\n# HELP b x\n# TYPE a gauge\n', 3, 'two'],
  ['a series twice', 'a{x="1",y="2"} 1\na{y="2",x="1"} 1\n', 2, 'twice'],
  ['a series twice, but for an empty label', 'a 1\na{x=""} 1\n', 2, 'twice'],
  ['a sum of a gauge', '# TYPE a gauge\na_sum 1\na 1\n', 3, 'two places'],
];

const INVALID: Readonly<Record<Format, readonly Case[]>> = {
  prometheus: [
    ...INVALID_IN_BOTH,
    ['no line feed at the end', 'up 1', 1, 'no line feed'],
    ['a time with a fraction', 'up 1 1.5\n', 1, 'whole milliseconds'],
    ['a type of OpenMetrics', '# TYPE up unknown\nup 1\n', 1, 'unknown "unknown"'],
    ['an example', '# TYPE c counter\nc 1 # {} 1\n', 2, 'whole milliseconds'],
    ['a counter below zero', '# TYPE c counter\nc -1\n', 2, 'is -1'],
    ['a counter that is no number', '# TYPE c counter\nc NaN\n', 2, 'is NaN'],
    ['a summary without a sum', plain(...without(SUMMARY, '_sum')), 2, 'no _sum'],
    ['a histogram without a count', plain(...without(HISTOGRAM, '_count')), 3, 'no _sum or no'],
    ['a histogram without a sum', plain(...without(HISTOGRAM, '_sum')), 3, 'no _sum'],
    ['a bare sample of a histogram', plain(...HISTOGRAM, 'h 1'), 8, 'no such sample'],
  ].map((one) => one as unknown as Case),
  openmetrics: [
    ...INVALID_IN_BOTH.map(([what, text, line, reason]): Case => [
      what,
      `${text}# EOF\n`,
      line,
      reason,
    ]),
    ['no end', 'up 1\n', 1, 'the last line'],
    ['an end that is not the last line', open('up 1', '# EOF', 'up{a="x"} 1'), 2, 'a comment'],
    ['an empty line', open('up 1', '', 'down 1'), 2, 'the name of a sample'],
    ['an empty line after the end', '# EOF\n\n', 2, 'the last line'],
    ['a comment', open('# of no kind', 'up 1'), 1, 'a comment'],
    ['two spaces', open('up  1'), 1, 'a number'],
    ['a space at the end', open('up 1 '), 1, 'more than a sample'],
    ['a comma after the last label', open('up{a="x",}  1'), 1, 'after the last'],
    ['a space between labels', open('up{a="x", b="y"} 1'), 1, 'the name of a label'],
    ['a quote in a help', open('# HELP up a "word"', 'up 1'), 1, 'more than the HELP'],
    ['a type of 0.0.4', open('# TYPE up untyped', 'up 1'), 1, 'unknown "untyped"'],
    ['a unit that is not in the name', open('# UNIT c seconds', 'c 1'), 1, 'the end of the name'],
    ['a counter without _total', open('# TYPE c counter', 'c 1'), 2, 'no such sample'],
    ['a family with _total', open('# TYPE c_total counter', 'c_total 1'), 2, 'no such sample'],
    ['a counter below zero', open('# TYPE c counter', 'c_total -1'), 2, 'is -1'],
    ['an example of a gauge', open('# TYPE g gauge', 'g 1 # {} 1'), 2, 'an exemplar'],
    ['an example that is too long', open(`c_total 1 # {a="${'x'.repeat(128)}"} 1`), 1, 'longer'],
    ['a bound without a point', open(...changed(HISTOGRAM, '1.0', '1')), 4, '"1.0"'],
    ['a bound with no exponent', open(...changed(HISTOGRAM, '1.0', '1000000.0')), 4, '"1e+06"'],
    ['a quantile without a point', open(...changed(SUMMARY, '0.99', '1')), 3, '"1.0"'],
    ['a sum without a count', open(...without(HISTOGRAM, '_count')), 3, 'no _sum or no'],
    [
      'a gauge with the name of a counter',
      open('# TYPE c counter', 'c_total 1', '# TYPE c_total gauge', 'c_total{a="x"} 1'),
      4,
      'could be of c and of c_total',
    ],
  ],
};

const BROKEN_HISTOGRAMS: readonly Case[] = [
  ['has no bucket +Inf', plain(...without(HISTOGRAM, '+Inf')), 4, 'bucket +Inf'],
  ['has none of its buckets', plain(...without(HISTOGRAM, '_bucket')), 3, 'bucket +Inf'],
  ['has a bucket without a bound', plain(...changed(HISTOGRAM, ',le="0.1"', '')), 3, 'no label le'],
  ['has a bound that is a word', plain(...changed(HISTOGRAM, '0.1', 'x')), 3, 'no number'],
  ['writes infinity out', plain(...changed(HISTOGRAM, '"1.0"', '"Infinity"')), 4, 'no number'],
  ['has bounds out of order', plain(...changed(HISTOGRAM, '0.1', '2.0')), 4, 'not above'],
  ['has a bound twice', plain(...changed(HISTOGRAM, '"1.0"', '"0.10"')), 4, 'not above'],
  ['is not cumulative', plain(...changed(HISTOGRAM, '} 3', '} 0')), 4, 'is less'],
  ['counts in fractions', plain(...changed(HISTOGRAM, '} 3', '} 3.5')), 4, 'not a whole'],
  ['counts below zero', plain(...changed(HISTOGRAM, '} 1', '} -1')), 3, 'is -1'],
  [
    'counts something else',
    plain(...changed(HISTOGRAM, 'count{a="x"} 4', 'count{a="x"} 5')),
    7,
    '5',
  ],
  [
    'has other labels in between',
    plain(
      ...HISTOGRAM,
      ...without(HISTOGRAM, '#').map((line) => line.replace('x', 'y')),
      'h_sum{a="x",b="y"} 1',
      'h_bucket{a="x",le="0.2"} 1',
    ),
    14,
    'between samples of other labels',
  ],
];

describe.each(['prometheus', 'openmetrics'] as const)('a text of the format %s', (format) => {
  it.each(Object.entries(VALID[format]))('is read: %s', (_, text) => {
    expect(() => parseExposition(text, format)).not.toThrow();
    expect(parseExposition(Buffer.from(text), format)).toEqual(parseExposition(text, format));
  });

  it.each(INVALID[format])('is refused: %s', (_, text, line, reason) => {
    expect(refusal(text, format)).toEqual({ line, reason: expect.stringContaining(reason) });
  });

  it.each(BROKEN_HISTOGRAMS)('is refused where a histogram %s', (_, text, line, reason) => {
    const whole = format === 'openmetrics' ? `${text}# EOF\n` : text;
    expect(refusal(whole, format)).toEqual({ line, reason: expect.stringContaining(reason) });
  });

  it.each([
    ['out of order', '0.995', 'not above'],
    ['above 1', '1.5', 'not in 0 to 1'],
    ['that are words', 'half', 'no number'],
  ])('is refused where quantiles are %s', (what, quantile, reason) => {
    const from = what === 'out of order' ? '0.5' : '0.99';
    const lines = plain(...changed(SUMMARY, from, quantile));
    const text = format === 'openmetrics' ? `${lines}# EOF\n` : lines;
    expect(refusal(text, format)?.reason).toContain(reason);
  });

  it('is refused where its bytes are no UTF-8', () => {
    expect(() => parseExposition(Uint8Array.of(0x75, 0xff, 0x0a), format)).toThrow(TypeError);
  });
});

function refusal(text: string, format: Format): { line: number; reason: string } | undefined {
  try {
    parseExposition(text, format);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    return { line: error.line, reason: error.reason };
  }
}

it('a refusal names the line and the reason', () => {
  expect(() => parseExposition('up 1\nup 2\n', 'prometheus')).toThrow(
    'line 2: up[] stands here twice',
  );
});

describe('what is read', () => {
  it('has families with all that is told of them', () => {
    const families = parseExposition(
      plain(...HISTOGRAM, 'up{b="\\\\\\n\\""} +Inf 7'),
      'prometheus',
    );
    expect([...families.keys()]).toEqual(['h', 'up']);
    expect(families.get('h')).toMatchObject({ type: 'histogram', help: 'Seconds' });
    expect(families.get('h')?.samples.map(({ name, value }) => [name, value])).toEqual([
      ['h_bucket', 1],
      ['h_bucket', 3],
      ['h_bucket', 4],
      ['h_sum', -2.5],
      ['h_count', 4],
    ]);
    expect(families.get('up')).toMatchObject({ type: 'untyped', help: undefined });
    expect(families.get('up')?.samples).toEqual([
      {
        line: 8,
        name: 'up',
        labels: new Map([['b', '\\\n"']]),
        value: Infinity,
        timestamp: 7,
        exemplar: undefined,
      },
    ]);
  });

  it('has the examples and times of OpenMetrics', () => {
    const families = parseExposition(
      open('# TYPE c counter', 'c_total 1 1.5 # {id="x"} 0.5 3'),
      'openmetrics',
    );
    expect(families.get('c')?.samples[0]).toMatchObject({
      timestamp: 1.5,
      exemplar: { labels: new Map([['id', 'x']]), value: 0.5 },
    });
    expect(parseExposition('up nan\n# EOF', 'openmetrics').get('up')).toMatchObject({
      type: 'unknown',
      samples: [{ value: Number.NaN }],
    });
  });

  it('has one key for each series', () => {
    const key = (labels: Record<string, string>) => seriesOf('a', new Map(Object.entries(labels)));
    expect(key({ a: '1', b: '2' })).toBe(key({ b: '2', c: '', a: '1' }));
    const keys = [{}, { a: 'x,b:y', b: 'z' }, { a: 'x', b: 'y,b:z' }, { a: 'x"],["b","z' }].map(
      key,
    );
    expect(new Set(keys).size).toBe(4);
  });

  it('has bounds as Go writes them', () => {
    const numbers = [0, 0.001, 0.1, 1, 2.5, 10, 123456, 1e5, 1e6, 1234567, 1e-4, 1e-5, 1.1e23];
    expect([...numbers, -1, Infinity].map(canonical)).toEqual(
      '0.0 0.001 0.1 1.0 2.5 10.0 123456.0 100000.0 1e+06 1.234567e+06 0.0001 1e-05 1.1e+23 -1.0 +Inf'.split(
        ' ',
      ),
    );
  });
});
