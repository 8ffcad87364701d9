// What is done with numbers once they are measured.
import { availableParallelism, cpus } from 'node:os';

/** The part of sorted-on-the-fly values that lies below: `quantile(values, 0.5)` is the median. */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  return below + (above - below) * (position - Math.floor(position));
}

/** The value in the middle. */
export function median(values) {
  return quantile(values, 0.5);
}

/** A number for people: three digits that count, thousands apart. */
export function show(number) {
  const digits = Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return number.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** What the numbers were measured on. */
export function machine() {
  const [cpu] = cpus();
  return `Node.js ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} × ${cpu?.model ?? 'unknown CPU'}`;
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** Rows of texts as a Markdown table; texts of the first `left` columns stand to the left. */
export function table(head, rows, left = 1) {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column].length)),
  );
  const pad = (text, column) =>
    column < left ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  const rule = widths.map((width, column) =>
    column < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [head, ...rows]
    .map((row) => line(row.map(pad)))
    .toSpliced(1, 0, line(rule))
    .join('\n');
}
