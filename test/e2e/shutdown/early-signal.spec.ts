import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { FOREVER_MS, StoppingApp } from './stopping-app.js';

const options = { drainMs: FOREVER_MS };

describe.each(PLATFORMS)('a signal to an application on %s', (platform) => {
  it('before it listens ends it without a wait', async () => {
    const app = await StoppingApp.open({ platform, options, listens: false });
    await app.gets('SIGTERM');
    expect(await app.end).toBe(0);
  });

  it('while it bootstraps has it finish that, and ends it without a wait', async () => {
    const app = StoppingApp.start({ platform, options, holdsBootstrap: true });
    await app.story.tells('hook', 'onApplicationBootstrap');
    await app.gets('SIGTERM');
    expect(app.story.hooks()).toHaveLength(1);
    app.do('release');

    expect(await app.end).toBe(0);
    expect(app.story.hooks()).toContain('Database onModuleDestroy');
  });

  it('is not held up by a check that hangs', async () => {
    const app = await StoppingApp.open({ platform, options, check: 'hangs' });
    await app.gets('SIGTERM');
    expect(await app.get('/health/ready')).toMatchObject({ status: 503 });
    expect(await app.get('/health/live')).toMatchObject({ status: 200 });

    app.getsAgain('SIGTERM');
    expect(await app.end).toBe(0);
  });
});

it('A worker without HTTP ends at a signal without a wait', async () => {
  const app = await StoppingApp.open({ platform: 'none', options, listens: false });
  await app.gets('SIGTERM');

  expect(await app.end).toBe(0);
  expect(app.story.hooks()).toHaveLength(4);
});
