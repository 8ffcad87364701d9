import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writesAlike } from '../../../lib/metrics/canary.js';
import { throwingLog } from '../../support/log.js';

const log = throwingLog();

beforeEach(() => Logger.overrideLogger(log));
afterEach(() => Logger.overrideLogger(false));

it('A prom-client that writes in another way is known for it where the logger throws, too', async () => {
  const unlike = {} as Parameters<typeof writesAlike>[0];

  expect(await writesAlike(unlike)).toBe(false);
  expect(log.ours('warn')).toEqual([expect.stringMatching(/writes metrics in another way/)]);
});
