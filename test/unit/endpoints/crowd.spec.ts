import { expect, it, vi } from 'vitest';
import { Crowd } from '../../../lib/endpoints/crowd.js';
import { Turnstile } from '../../../lib/endpoints/turnstile.js';
import { settle } from '../../support/fake-clock.js';

it('All who ask in one turn of the event loop share one answer, made after they have asked', async () => {
  const crowd = new Crowd<number>();
  let questions = 0;
  const make = vi.fn<() => Promise<number>>(async () => questions);
  const answers = Array.from({ length: 100 }, () => {
    questions += 1;
    return crowd.ask(make);
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set([100]));
  expect(make).toHaveBeenCalledTimes(1);
});

it('Who asks while an answer is being made gets another', async () => {
  const crowd = new Crowd<string>();
  const first = crowd.ask(async () => {
    await settle();
    return 'first';
  });
  await settle();
  const second = crowd.ask(async () => 'second');
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
});

it('An answer that cannot be made fails all who share it, and nobody after them', async () => {
  const crowd = new Crowd<string>();
  const fail = (): Promise<string> => Promise.reject(new Error('no'));
  const outcomes = await Promise.allSettled([crowd.ask(fail), crowd.ask(fail)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await crowd.ask(async () => 'well')).toBe('well');
});

it('A turnstile lets so many pass in a turn, first come first served', async () => {
  const turnstile = new Turnstile(3);
  const passed: number[] = [];
  const all = Array.from({ length: 8 }, async (_, index) => {
    await turnstile.pass();
    passed.push(index);
  });
  const counts: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await Promise.resolve();
    counts.push(passed.length);
    await settle();
  }
  await Promise.all(all);
  expect(counts).toEqual([3, 6, 8]);
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('Who comes while others wait does not pass before them', async () => {
  const turnstile = new Turnstile(1);
  const passed: string[] = [];
  const pass = async (name: string): Promise<void> => {
    await turnstile.pass();
    passed.push(name);
  };
  const early = [pass('a'), pass('b'), pass('c')];
  await settle();
  await Promise.all([...early, pass('d')]);
  expect(passed).toEqual(['a', 'b', 'c', 'd']);
});
