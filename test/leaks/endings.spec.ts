import { expect, it } from 'vitest';
import { runProgram } from './program.js';

const ALL = 'hangs is unhealthy, hangs-in-background is unhealthy, works-in-background is healthy';

it.each([
  ['a check that hangs', 'hangingCheck', 'hangs is unhealthy'],
  ['background runs that nobody stops', 'backgroundRuns', 'works is healthy, hangs is unhealthy'],
  ['an application context that nobody closes', 'applicationContext', ALL],
  ['an application that never listens', 'applicationThatNeverListens', ALL],
  ['an application that has closed while checks hang', 'applicationThatHasClosed', ALL],
])('%s does not keep the process alive', async (_title, situation, said) => {
  expect(await runProgram('endings.mjs', [situation])).toEqual({ code: 0, said, complained: '' });
});
