import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** How a program has ended, and what it has said. */
export interface Ending {
  /** `null` where it had to be killed. */
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

/** Runs a program of this folder in a process of its own, until it ends by itself or has had enough time on any machine. */
export function runProgram(
  file: string,
  args: readonly string[] = [],
  killAfterMs = 50_000,
): Promise<Ending> {
  const path = join(import.meta.dirname, file);
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--expose-gc', path, ...args],
      { timeout: killAfterMs, killSignal: 'SIGKILL' },
      (_error, said, complained) => resolve({ code: child.exitCode, said, complained }),
    );
  });
}
