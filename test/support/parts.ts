import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** The parts of the machine that some tests need, and the Debian package that brings each. */
export const PARTS = {
  promtool: { package: 'prometheus', command: ['promtool', '--version'] },
  prometheus: { package: 'prometheus', command: ['prometheus', '--version'] },
  chromium: { package: 'chromium', command: ['/usr/bin/chromium', '--version'] },
} as const;

export type Part = keyof typeof PARTS;

/** How the title of a skipped group names the part that is missing; the reporter reads it. */
export const NEEDS = /\[needs (\w+)\]/;

/**
 * A group of tests that needs a part of the machine. Where the part is missing the group is skipped and the summary
 * says so; in CI it runs all the same, and fails.
 */
export function describeWith(part: Part, title: string, tests: () => void): void {
  if (isPresent(part) || process.env['CI']) describe(title, tests);
  else describe.skip(`${title} [needs ${part}]`, tests);
}

function isPresent(part: Part): boolean {
  const [command, ...args] = PARTS[part].command;
  return spawnSync(command, args).status === 0;
}
