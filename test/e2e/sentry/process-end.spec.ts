import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/gate.js';
import { startReceiver } from '../../support/sentry-receiver.js';
import { INSTRUMENT } from './instrument/instrumented-app.js';
import { SentryProcess, type Sdk } from './majors/sentry-process.js';

/** How a process ends, and to which event of the process its application listens itself. */
interface End {
  readonly title: string;
  readonly end: string;
  readonly event?: 'unhandledRejection' | 'uncaughtException' | 'warning';
  /** Options of Node. */
  readonly node?: readonly string[];
}

const ENDS: readonly End[] = [
  { title: 'An unhandled rejection', end: 'rejection' },
  { title: 'An unhandled rejection of a text', end: 'rejectionOfText' },
  { title: 'An unhandled rejection of an AbortError', end: 'rejectionOfAbort' },
  {
    title: 'An unhandled rejection, where the application listens for them,',
    end: 'rejection',
    event: 'unhandledRejection',
  },
  {
    title: 'An unhandled rejection, where the application listens for uncaught exceptions,',
    end: 'rejection',
    event: 'uncaughtException',
  },
  {
    title: 'An unhandled rejection with --unhandled-rejections=warn',
    end: 'rejection',
    event: 'warning',
    node: ['--unhandled-rejections=warn'],
  },
  { title: 'An uncaught exception', end: 'exception' },
  {
    title: 'An uncaught exception, where the application listens for them,',
    end: 'exception',
    event: 'uncaughtException',
  },
];

/** What starts Sentry in a process: the major of the SDK, and options of Node. */
type Start = readonly [title: string, Sdk, readonly string[]];

const STARTS: readonly [Start, Start, Start, Start] = [
  ['SDK 10, started by the module', 10, []],
  ['SDK 10, started with --import', 10, INSTRUMENT],
  ['SDK 11, started by the module', 11, []],
  ['SDK 11, started with --import', 11, INSTRUMENT],
];

/** What is seen where the application itself listens to nothing. */
const ENDED = {
  end: 1,
  isClosed: false,
  said: [true, true],
  sent: [
    [1, true],
    [1, true],
  ],
};

/** Each way to end meets both majors and both ways to start, and each of the four starts every other way. */
function startsFor(index: number): readonly Start[] {
  const [tenLate, tenEarly, elevenLate, elevenEarly] = STARTS;
  return index % 2 === 0 ? [tenLate, elevenEarly] : [tenEarly, elevenLate];
}

function startProcess(sdk: Sdk, dsn: string, { end, event, node = [] }: Omit<End, 'title'>) {
  return new SentryProcess({
    sdk,
    files: ['ending-app.mjs'],
    from: import.meta.dirname,
    node,
    args: event === undefined ? [end] : [end, event],
    env: { SENTRY_DSN: dsn },
  });
}

it.each(ENDS.map((how, index) => [how.title, how, startsFor(index)] as const))(
  '%s does to a process with Sentry what it does without',
  async (_title, how, starts) => {
    const receivers = await Promise.all(starts.map(() => startReceiver()));
    const without = startProcess('none', '', how);
    const withSentry = starts.map(([, sdk, node], index) =>
      startProcess(sdk, receivers[index]?.dsn ?? '', {
        ...how,
        node: [...node, ...(how.node ?? [])],
      }),
    );
    const { end, output } = await without.ended();
    const endings = await Promise.all(withSentry.map((process) => process.ended()));

    expect(endings.map((ending, index) => [starts[index]?.[0], ending.end, ending.output])).toEqual(
      starts.map(([title]) => [title, end, output]),
    );
    const seen = {
      end,
      isClosed: output.includes('{"closed":true}'),
      said: endings.map(({ errors }) => errors.includes('nobody handles it')),
      sent: receivers.map(({ events, text }) => [
        events.length,
        text.includes('nobody handles it'),
      ]),
    };
    expect(seen).toMatchObject(how.event === undefined ? ENDED : { isClosed: true });
  },
);

describe.each(startsFor(0))('A process with %s', (_title, sdk, node) => {
  it.each([
    ['after app.close()', 'close', 0],
    ['on SIGTERM', 'signal', 'SIGTERM'],
  ] as const)(
    'ends by itself %s, with everything that was waiting delivered to a slow server',
    async (_when, how, expected) => {
      const served = new Gate();
      const receiver = await startReceiver({ after: served.opened });
      const app = startProcess(sdk, receiver.dsn, { end: how, node });
      if (how === 'signal') await app.says('ready').then(() => app.kill('SIGTERM'));
      const eventIds = await app.says<string[]>('eventIds');
      await receiver.waitUntil(() => receiver.events[0], 'The first event');
      served.open();
      const { end, errors } = await app.ended();

      expect(errors).toBe('');
      expect(end).toBe(expected);
      expect(eventIds).toHaveLength(3);
      expect(receiver.events.map((event) => event.event_id).toSorted()).toEqual(
        eventIds.toSorted(),
      );
    },
  );

  it('ends by itself on SIGTERM with events queued for a server that never answers', async () => {
    const receiver = await startReceiver('never answers');
    const app = startProcess(sdk, receiver.dsn, { end: 'signal', node });
    await app.says('ready');
    app.kill('SIGTERM');

    expect(await app.says<string[]>('eventIds')).toHaveLength(3);
    expect(await app.ended()).toMatchObject({ end: 'SIGTERM', errors: '' });
    expect(receiver.requests).toBeGreaterThan(0);
  });
});
