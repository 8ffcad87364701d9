import { expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

it.concurrent.each(PLATFORMS)(
  'An application on %s whose logger throws drains and closes as any other',
  async (platform) => {
    const options = { drainMs: 50 };
    const app = await StoppingApp.open({ platform, options, logging: 'throws' });
    const answer = app.get('/stream');
    await app.story.tells('started', 'stream');
    await app.gets('SIGTERM');
    app.do('release');

    expect((await answer).body).toBe('first last');
    expect(await app.end).toBe(0);
    expect(app.story.logged('log')).toContain('SIGTERM: readiness is off');
    expect(app.story.hooks()).toHaveLength(4);
  },
);
