import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

const OPTIONS = { drainMs: 100, forceExitMs: 20_000 };

/** It is over long before the other application has answered its request. */
const SHORT = { drainMs: 50, forceExitMs: 1_000 };

describe.concurrent.each(PLATFORMS)('two applications of one process on %s', (platform) => {
  it.each([
    ['closes at once', undefined, 0, ''],
    ['fails to close', 'fails', 1, 'The application could not close: The other does not close'],
  ] as const)('end with the last of them where one %s', async (_what, closing, code, errors) => {
    const beside = { options: SHORT, ...(closing && { closing }) };
    const app = await StoppingApp.open({ platform, options: OPTIONS, beside });
    const answer = app.get('/slow?ms=3000');
    await app.story.tells('started', 'slow');
    await app.gets('SIGTERM');

    expect(await answer).toMatchObject({ status: 200, connection: 'close' });
    expect(await app.end).toBe(code);
    expect(app.story.hooks()).toHaveLength(4);
    expect(app.story.logged('error')).toBe(errors);
  });
});
