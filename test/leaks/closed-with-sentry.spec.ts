import { expect, it } from 'vitest';
import { runProgram } from './program.js';

it('An application with Sentry on is held by nothing once it has closed', async () => {
  const { code, said, complained } = await runProgram('closed-with-sentry.mjs');
  const { applications, held } = JSON.parse(said) as { applications: number; held: number };

  expect([code, complained]).toEqual([0, '']);
  expect(applications).toBe(8);
  // The last one may still lie on the stack.
  expect(held).toBeLessThanOrEqual(1);
});
