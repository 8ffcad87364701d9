import { Logger } from '@nestjs/common';
import promClient from 'prom-client';
import { afterEach, beforeEach } from 'vitest';
import { MemoryLog } from '../../support/log.js';

/** Keeps what each test of a file logs, and empties prom-client's default registry after it. */
export function watchLog(): MemoryLog {
  const log = new MemoryLog();
  beforeEach(() => {
    log.lines.length = 0;
    Logger.overrideLogger(log);
  });
  afterEach(() => {
    promClient.register.clear();
    Logger.overrideLogger(false);
  });
  return log;
}
