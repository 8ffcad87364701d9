import type { LoggerService } from '@nestjs/common';

/** One line of the log. */
export interface LogLine {
  readonly level: 'log' | 'warn' | 'error' | 'debug' | 'verbose' | 'fatal';
  readonly message: string;
  readonly context: string | undefined;
}

/** Keeps what an application logs. */
export class MemoryLog implements LoggerService {
  readonly lines: LogLine[] = [];

  log = this.#keep('log');
  warn = this.#keep('warn');
  error = this.#keep('error');
  debug = this.#keep('debug');
  verbose = this.#keep('verbose');
  fatal = this.#keep('fatal');

  /** The messages of this module, of one level. */
  ours(level: LogLine['level']): string[] {
    return this.lines
      .filter((line) => line.level === level && line.context === 'Observability')
      .map((line) => line.message);
  }

  #keep(level: LogLine['level']): (message: unknown, ...rest: unknown[]) => void {
    return (message, ...rest) => {
      const context = rest.at(-1);
      this.lines.push({
        level,
        message: String(message),
        context: typeof context === 'string' ? context : undefined,
      });
    };
  }
}

/** Keeps what an application logs, and fails at each line of this module once it is kept. */
export function throwingLog(): MemoryLog {
  const log = new MemoryLog();
  for (const level of ['log', 'warn', 'error'] as const) {
    const keep = log[level];
    log[level] = (message, ...rest) => {
      keep(message, ...rest);
      if (rest.at(-1) === 'Observability') throw new Error('The disk of the log is full');
    };
  }
  return log;
}
