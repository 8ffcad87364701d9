import { Injectable } from '@nestjs/common';
import { Counted } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

const PING = Symbol('ping');

function nameless(): new () => { work(): void } {
  class Nameless {
    @Counted()
    work(): void {}
  }
  Object.defineProperty(Nameless, 'name', { value: '' });
  return Nameless;
}

class Unreadable {
  @Counted()
  work(): void {}
}
Object.defineProperty(Unreadable, 'name', {
  get: () => {
    throw new Error('no name');
  },
});

@Injectable()
class Frozen {
  constructor() {
    Object.freeze(this);
  }

  @Counted()
  work(): string {
    return 'done';
  }
}

@Injectable()
class Symbolic {
  @Counted()
  [PING](): void {}
}

it.each([
  ['without a name', nameless()],
  ['whose name cannot be read', Unreadable],
])('A class %s is called anonymous', async (_kind, Odd) => {
  const { app } = await boot(
    measuredModule({ providers: [{ provide: 'ODD', useFactory: () => new Odd() }] }),
  );
  app.get<Unreadable>('ODD').work();

  expect(await callsIn(app)).toEqual({ 'anonymous.work success': 1 });
});

it('A method named by a symbol is counted', async () => {
  const { app } = await boot(measuredModule({ providers: [Symbolic] }));
  app.get(Symbolic)[PING]();

  expect(await callsIn(app)).toEqual({ 'Symbolic.Symbol(ping) success': 1 });
});

it('A frozen instance stays unmeasured, and works', async () => {
  const { app } = await boot(measuredModule({ providers: [Frozen] }));

  expect(app.get(Frozen).work()).toBe('done');
  expect(await callsIn(app)).toEqual({});
});

it('Nothing of it shows on an instance', async () => {
  const { app } = await boot(measuredModule({ providers: [Symbolic] }));

  expect(app.get(Symbolic)).toStrictEqual(new Symbolic());
  expect(Object.assign({}, app.get(Symbolic))).toStrictEqual({});
});

it('A stand-in that answers to any name is called as ever', () => {
  const anything: object = new Proxy(() => 'anything', { get: () => anything });
  const answersAll = Object.setPrototypeOf({}, anything) as Frozen;
  const answersNone = new Proxy(new Frozen(), {
    get: () => {
      throw new Error('no such name');
    },
  });

  // oxlint-disable-next-line typescript/unbound-method -- `this` is what this is about
  const { work } = Frozen.prototype;
  expect(work.call(answersAll)).toBe('done');
  expect(work.call(answersNone)).toBe('done');
});
