import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** A page of the documentation. */
export class Page {
  readonly text: string;

  /** @param path is that from the root of the repository. */
  constructor(readonly path: string) {
    this.text = readFileSync(join(ROOT, path), 'utf8');
  }

  /** What stands in the blocks of code in a language. */
  blocks(language: string): string[] {
    return [...this.text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, tag, code]) =>
      tag === language && code !== undefined ? [code] : [],
    );
  }

  /** The cells of the rows of the table that has this heading, without the marks around code. */
  table(heading: string): string[][] {
    const start = this.text.indexOf(`\n| ${heading} `);
    if (start === -1) throw new Error(`${this.path} has no table "${heading}"`);
    const lines = this.text.slice(start + 1).split('\n');
    const rows = lines.slice(
      2,
      lines.findIndex((line) => !line.startsWith('|')),
    );
    return rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  }

  /** What links to parts of this page may name. */
  anchors(): string[] {
    const prose = this.text.replaceAll(/^```[\s\S]*?^```$/gm, '');
    return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }
}

/** The front page. */
export const README = new Page('README.md');

/** All pages. */
export const PAGES: readonly Page[] = [
  README,
  new Page('bench/README.md'),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => new Page(`docs/${file}`)),
];
