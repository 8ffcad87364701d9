// oxlint-disable unicorn/prefer-add-event-listener -- both ways to listen are tested
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { HealthRegistry } from 'nestjs-observability';
import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../support/fake-clock.js';

type Listen = (signal: AbortSignal) => void;

async function problemsOf(listen: Listen): Promise<string[]> {
  const clock = new FakeClock();
  const problems: string[] = [];
  const registry = new HealthRegistry({ timeoutMs: 100 }, clock);
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((problem: unknown) => {
    problems.push(String(problem));
  });
  registry.registerCheck('db', ({ signal }) => {
    listen(signal);
    return new Promise<void>(() => {});
  });
  const result = registry.runCheck('db');
  await clock.advance(100);
  expect((await result).message).toContain('no answer within 100 ms');
  return problems;
}

const fails = (): never => {
  throw new Error('cannot cancel');
};

it.each<[string, Listen]>([
  ['throws', (signal) => signal.addEventListener('abort', fails)],
  // oxlint-disable-next-line typescript/no-misused-promises -- what is tested
  ['rejects', (signal) => signal.addEventListener('abort', async () => fails())],
  [
    'is an object that throws',
    (signal) => signal.addEventListener('abort', { handleEvent: fails }),
  ],
  ['is onabort and throws', (signal) => void (signal.onabort = fails)],
])('A listener of the signal that %s is reported, and harms nobody', async (_what, listen) => {
  expect(await problemsOf(listen)).toEqual([
    'Health check "db": a listener of its signal failed: cannot cancel',
  ]);
});

it('A listener that was removed is not called', async () => {
  const called: string[] = [];
  const one = (): void => void called.push('one');
  await problemsOf((signal) => {
    signal.addEventListener('abort', one);
    signal.removeEventListener('abort', one);
    signal.onabort = one;
    signal.onabort = () => called.push('other');
    signal.addEventListener('abort', () => called.push('once'), { once: true });
  });
  expect(called).toEqual(['other', 'once']);
});

it('The signal still cancels what Node’s own functions do', async () => {
  const reasons: string[] = [];
  await problemsOf((signal) => {
    void delay(60_000, 'slept', { signal }).catch(({ name }: Error) => reasons.push(name));
    AbortSignal.any([signal]).addEventListener('abort', () => reasons.push('any'));
  });
  expect(reasons.toSorted()).toEqual(['AbortError', 'any']);
});
