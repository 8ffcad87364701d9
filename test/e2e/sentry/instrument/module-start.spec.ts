import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { INSTRUMENT, startApp } from './instrumented-app.js';

const LATE = /Sentry has started after NestJS was loaded/;

describe.each([10, 11] as const)('The module with SDK %i', (sdk) => {
  it('uses the client that the application has made itself, without a DSN of its own', async () => {
    const receiver = await startReceiver();
    const app = startApp({
      sdk,
      initialises: { dsn: receiver.dsn, environment: 'of the application' },
      end: 'close',
    });
    const eventId = await app.says<string>('eventId');
    const { errors } = await app.ended();

    expect(errors).toBe('');
    expect(receiver.events).toEqual([
      expect.objectContaining({ event_id: eventId, environment: 'of the application' }),
    ]);
  });

  it('stays off where the application says so, whatever client there is', async () => {
    const receiver = await startReceiver();
    const options = { sentry: { dsn: '' } };
    const app = startApp({ sdk, options, initialises: { dsn: receiver.dsn }, end: 'close' });

    expect(await app.says('enabled')).toBe(false);
  });

  it('says in one line that traces lack what is instrumented early, and captures all the same', async () => {
    const receiver = await startReceiver();
    const env = { SENTRY_DSN: receiver.dsn, SENTRY_TRACES_SAMPLE_RATE: '1' };
    const app = startApp({ sdk, env, end: 'close' });
    const eventId = await app.says<string>('eventId');
    const { output } = await app.ended();

    expect(output.split('\n').filter((line) => LATE.test(line))).toHaveLength(1);
    expect(receiver.events.map((event) => event.event_id)).toEqual([eventId]);
  });

  it('says nothing of it where the start was early', async () => {
    const receiver = await startReceiver();
    const env = { SENTRY_DSN: receiver.dsn, SENTRY_TRACES_SAMPLE_RATE: '1' };
    const { output, end } = await startApp({ sdk, node: INSTRUMENT, env, end: 'close' }).ended();

    expect(end).toBe(0);
    expect(output).not.toMatch(LATE);
  });

  it('shows the DSN nowhere, where the SDK says all that it does', async () => {
    const receiver = await startReceiver();
    const dsn = receiver.dsn.replace('key@', 'topsecret@');
    const env = {
      SENTRY_DSN: dsn,
      SENTRY_DEBUG: '1',
      SENTRY_SPOTLIGHT: 'http://127.0.0.1:9/stream',
    };
    const { output, errors } = await startApp({ sdk, node: INSTRUMENT, env, end: 'close' }).ended();

    expect(output + errors).toContain('Sentry Logger');
    expect(output + errors).not.toContain('topsecret');
  });
});
