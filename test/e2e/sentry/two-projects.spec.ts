import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

const ORDERS: readonly [string, (first: Closable, second: Closable) => [Closable, Closable]][] = [
  ['first', (first, second) => [first, second]],
  ['second', (first, second) => [second, first]],
];

type Closable = Awaited<ReturnType<typeof bootSentry>> & {
  readonly receiver: Awaited<ReturnType<typeof startReceiver>>;
};

async function bootWithReceiver(environment: string): Promise<Closable> {
  const receiver = await startReceiver();
  return { receiver, ...(await bootSentry({ environment, sentry: { dsn: receiver.dsn } })) };
}

describe.each(ORDERS)(
  'Two applications with a DSN each, of which the %s closes',
  (_which, order) => {
    it('send each to its own project, before and after', async () => {
      const one = await bootWithReceiver('one');
      const two = await bootWithReceiver('two');
      const ofOne = await one.receiver.waitFor(one.sentry.captureException(new Error('in one')));
      const ofTwo = await two.receiver.waitFor(two.sentry.captureException(new Error('in two')));

      expect([ofOne.environment, ofTwo.environment]).toEqual(['one', 'two']);
      expect(one.receiver.events).toHaveLength(1);
      expect(two.receiver.events).toHaveLength(1);

      const [closing, staying] = order(one, two);
      const last = closing.sentry.captureMessage('right before the end');
      await closing.app.close();

      expect(closing.receiver.events.at(-1)?.event_id).toBe(last);
      expect(closing.sentry.captureMessage('late')).toBeNull();
      expect(staying.sentry.enabled).toBe(true);
      await staying.receiver.waitFor(staying.sentry.captureMessage('still here'));
      expect(staying.receiver.events).toHaveLength(2);
      expect(closing.receiver.events).toHaveLength(2);
    });
  },
);

describe('Two applications with a DSN each', () => {
  it('keep the context of a capture to its own event', async () => {
    const one = await bootWithReceiver('one');
    const two = await bootWithReceiver('two');
    const tagged = two.sentry.captureMessage('x', 'info', { tags: { shop: 'pt' } });
    const plain = one.sentry.captureMessage('x');

    expect((await two.receiver.waitFor(tagged)).tags).toMatchObject({ shop: 'pt' });
    expect((await one.receiver.waitFor(plain)).tags ?? {}).not.toHaveProperty('shop');
  });
});
