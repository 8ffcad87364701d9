import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { ENDLESS, StoppingApp } from './stopping-app.js';

describe.concurrent.each(PLATFORMS)('a signal to an application on %s', (platform) => {
  it('before it listens ends it without a wait', async () => {
    const app = await StoppingApp.open({ platform, options: ENDLESS, listens: false });
    await app.gets('SIGTERM');
    expect(await app.end).toBe(0);
  });

  it('while it bootstraps ends it without a wait, for what still comes up either', async () => {
    const app = StoppingApp.start({ platform, options: ENDLESS, holdsBootstrap: true });
    await app.story.tells('hook', 'onApplicationBootstrap');
    await app.gets('SIGTERM');

    expect(await app.end).toBe(0);
    expect(app.story.hooks()).toContain('Database onModuleDestroy');
  });

  it('is not held up by a check that hangs', async () => {
    const app = await StoppingApp.open({ platform, options: ENDLESS, check: 'hangs' });
    await app.gets('SIGTERM');
    expect(await app.get('/health/ready')).toMatchObject({ status: 503 });
    expect(await app.get('/health/live')).toMatchObject({ status: 200 });

    app.getsAgain('SIGTERM');
    expect(await app.end).toBe(0);
  });
});

it.concurrent('A worker without HTTP ends at a signal without a wait', async () => {
  const app = await StoppingApp.open({ platform: 'none', options: ENDLESS, listens: false });
  await app.gets('SIGTERM');

  expect(await app.end).toBe(0);
  expect(app.story.hooks()).toHaveLength(4);
});
