import type { TestModule } from 'vitest/node';
import type { Reporter } from 'vitest/reporters';
import { NEEDS, PARTS } from './parts.js';

/** Ends a run with the plain numbers, and with each part of the machine that is missing and what was skipped for it. */
export default class PartsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number =>
      tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const lines = Object.entries(PARTS).flatMap(([part, { package: name }]) => {
      const skipped = tests.filter((test) => NEEDS.exec(test.fullName)?.[1] === part);
      if (skipped.length === 0) return [];
      const titles = skipped.map((test) => `  - ${test.fullName.replace(NEEDS, '').trim()}`);
      return [`Missing: ${part} (Debian package ${name}). Skipped for it:`, ...titles];
    });
    const numbers = `${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`;
    process.stdout.write(`${[...lines, numbers].join('\n')}\n`);
  }
}
