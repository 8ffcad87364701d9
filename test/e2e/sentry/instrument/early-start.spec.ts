import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { SDK_LOADED } from '../majors/sentry-process.js';
import { INSTRUMENT, startApp } from './instrumented-app.js';

describe.each([10, 11] as const)('node --import nestjs-observability/instrument, SDK %i', (sdk) => {
  it('starts the client that the module then uses, changes to its options, and closes', async () => {
    const receiver = await startReceiver();
    const app = startApp({
      sdk,
      node: INSTRUMENT,
      env: { SENTRY_DSN: receiver.dsn, SENTRY_RELEASE: '1.2.3', ENVIRONMENT: 'of the variable' },
      options: { environment: 'of the option' },
      end: 'close',
    });
    const eventId = await app.says<string>('eventId');
    const { end, errors } = await app.ended();

    expect({ end, errors }).toEqual({ end: 0, errors: '' });
    expect(receiver.events).toEqual([
      expect.objectContaining({
        event_id: eventId,
        release: '1.2.3',
        environment: 'of the option',
      }),
    ]);
  });
});

describe('node --import nestjs-observability/instrument', () => {
  it('loads no SDK without a DSN, nor does the module', async () => {
    const app = startApp({
      sdk: 'tells when it is loaded',
      node: INSTRUMENT,
      env: { SENTRY_DSN: '', SENTRY_TRACES_SAMPLE_RATE: '1' },
      end: 'close',
    });
    const { end, output, errors } = await app.ended();

    expect({ end, errors }).toEqual({ end: 0, errors: '' });
    expect(output).toContain('{"enabled":false}');
    expect(output).not.toContain(SDK_LOADED);
  });

  it('loads the SDK ahead of the application with a DSN', async () => {
    const app = startApp({
      sdk: 'tells when it is loaded',
      node: INSTRUMENT,
      env: { SENTRY_DSN: 'https://key@sentry.example.com/1' },
      end: 'close',
    });
    const { output } = await app.ended();

    expect(output.split('\n')[0]).toBe(SDK_LOADED);
  });

  it('says in one line without the DSN that the package is missing, and the application starts', async () => {
    const app = startApp({
      sdk: 'none',
      node: INSTRUMENT,
      env: { SENTRY_DSN: 'https://topsecret@sentry.example.com/1' },
      end: 'close',
    });
    const { end, errors } = await app.ended();

    expect(end).toBe(0);
    expect(errors.split('\n').filter((line) => line.includes('/instrument]'))).toEqual([
      '[nestjs-observability/instrument] Sentry stays off: a DSN is set, but the package @sentry/nestjs is not installed',
    ]);
    expect(errors).not.toContain('topsecret');
  });

  it('says of a malformed DSN what is accepted, without it, and leaves the rest to the module, which stops boot', async () => {
    const app = startApp({
      sdk: 10,
      node: INSTRUMENT,
      env: { SENTRY_DSN: 'https://topsecret@sentry.example.com' },
      end: 'close',
    });
    const { end, output, errors } = await app.ended();

    expect(end).toBe(1);
    expect(errors.split('\n')[0]).toMatch(
      /^\[nestjs-observability\/instrument\] Sentry stays off: .*SENTRY_DSN.*accepted is a DSN/,
    );
    expect(output + errors).not.toContain('topsecret');
    expect(output + errors).not.toContain('Invalid Sentry Dsn');
  });

  it('leaves the start to a DSN among the options of the module, which wins over a malformed one', async () => {
    const receiver = await startReceiver();
    const app = startApp({
      sdk: 10,
      node: INSTRUMENT,
      env: { SENTRY_DSN: 'no DSN' },
      options: { sentry: { dsn: receiver.dsn } },
      end: 'close',
    });
    const eventId = await app.says<string>('eventId');
    await app.ended();

    expect(receiver.events.map((event) => event.event_id)).toEqual([eventId]);
  });
});
