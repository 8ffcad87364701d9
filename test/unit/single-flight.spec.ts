import { expect, it } from 'vitest';
import { SingleFlight } from '../../lib/single-flight.js';
import { Gate } from '../support/gate.js';

it('Who asks for what is under way gets that, and who asks for something else does not', async () => {
  const flight = new SingleFlight<string>();
  const gate = new Gate<string>();
  let made = 0;
  const make = (): Promise<string> => {
    made += 1;
    return gate.opened;
  };
  const asked = [flight.join('a', make), flight.join('a', make), flight.join('b', make)];
  gate.open('done');
  expect(await Promise.all(asked)).toEqual(['done', 'done', 'done']);
  expect(made).toBe(2);
});

it('Who asks when it is done gets another', async () => {
  const flight = new SingleFlight<number>();
  expect(await flight.join('a', async () => 1)).toBe(1);
  expect(await flight.join('a', async () => 2)).toBe(2);
});

it('What fails fails all who have joined, and nobody after them', async () => {
  const flight = new SingleFlight<string>();
  const fail = (): Promise<string> => Promise.reject(new Error('no'));
  const outcomes = await Promise.allSettled([flight.join('a', fail), flight.join('a', fail)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await flight.join('a', async () => 'well')).toBe('well');
});
