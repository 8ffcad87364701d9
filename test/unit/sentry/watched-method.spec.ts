import { describe, expect, it } from 'vitest';
import type { Method } from '../../../lib/followed-call.js';
import {
  watch,
  watchable,
  watchMethod,
  type MethodWatcher,
} from '../../../lib/sentry/watched-method.js';

class Base {
  greet(name: string): string {
    return `${this.greeting()} ${name}`;
  }

  greeting(): string {
    return 'hello';
  }

  async fail(error: unknown): Promise<never> {
    await Promise.resolve();
    throw error;
  }
}

interface Watching extends MethodWatcher {
  readonly ends: unknown[];
}

function watching(owns: MethodWatcher['owns'] = () => true): Watching {
  const ends: unknown[] = [];
  const follower = {
    begin: () => 0,
    end: (outcome: string, _begun: number, error?: unknown) => {
      ends.push(error === undefined ? outcome : [outcome, error]);
    },
  };
  return { ends, owns, follower };
}

function freshClass(): typeof Base {
  return class extends Base {
    override greet(name: string): string {
      return super.greet(name);
    }
  };
}

function methodOf(type: typeof Base, key: string): Method {
  return Reflect.get(type.prototype, key) as Method;
}

describe('A watched method', () => {
  it('takes, returns and throws what it did, and looks as it did', async () => {
    const Greeter = freshClass();
    const original = methodOf(Greeter, 'greet');
    Reflect.defineMetadata('route', '/greet', original);
    const watcher = watching();
    const error = new Error('as it was');
    watchMethod(Greeter.prototype, 'greet', watcher);
    watchMethod(Greeter.prototype, 'fail', watcher);
    const replaced = methodOf(Greeter, 'greet');
    const greeter = new Greeter();

    expect(greeter.greet('you')).toBe('hello you');
    await expect(greeter.fail(error)).rejects.toBe(error);
    expect(watcher.ends).toEqual(['success', ['failure', error]]);
    expect(replaced).not.toBe(original);
    expect([replaced.name, replaced.length]).toEqual(['greet', 1]);
    expect(Reflect.getMetadata('route', replaced)).toBe('/greet');
    expect(Object.getOwnPropertyDescriptor(Greeter.prototype, 'greet')).toMatchObject({
      enumerable: false,
      writable: true,
      configurable: true,
    });
  });

  it('is replaced once, and not in the class that it is inherited from', () => {
    const Greeter = freshClass();
    const inherited = methodOf(Base, 'greeting');
    watchMethod(Greeter.prototype, 'greeting', watching());
    const once = methodOf(Greeter, 'greeting');
    watchMethod(Greeter.prototype, 'greeting', watching());

    expect(methodOf(Greeter, 'greeting')).toBe(once);
    expect(methodOf(Base, 'greeting')).toBe(inherited);
  });

  it('is watched until that is ended, each for itself', () => {
    const Greeter = freshClass();
    const [first, second] = [watching(() => undefined), watching(() => undefined)];
    const endFirst = watchMethod(Greeter.prototype, 'greet', first);
    new Greeter().greet('a');
    const endSecond = watchMethod(Greeter.prototype, 'greet', second);
    new Greeter().greet('b');
    endFirst?.();
    new Greeter().greet('c');
    endSecond?.();
    new Greeter().greet('d');

    expect(first.ends).toHaveLength(1);
    expect(second.ends).toHaveLength(1);
  });

  it('is that of the application that owns the instance', () => {
    const Greeter = freshClass();
    const [mine, others] = [new Greeter(), new Greeter()];
    const first = watching((self) => self === mine || undefined);
    const second = watching((self) => self === others);
    watchMethod(Greeter.prototype, 'greet', first);
    watchMethod(Greeter.prototype, 'greet', second);
    mine.greet('a');
    others.greet('b');
    others.greet('c');
    new Greeter().greet('nobody knows whose');

    expect(first.ends).toHaveLength(2);
    expect(second.ends).toHaveLength(2);
  });

  it('is called by whoever watches, who may follow each call by itself', () => {
    const Greeter = freshClass();
    const told: unknown[] = [];
    const own = watching();
    const ofCall = watching();
    watchMethod(Greeter.prototype, 'greet', {
      ...own,
      around: (call, args, self) => {
        told.push(args, self);
        return `${String(call(args[0] === 'you' ? ofCall.follower : undefined))}!`;
      },
    });
    const greeter = new Greeter();

    expect([greeter.greet('you'), greeter.greet('all')]).toEqual(['hello you!', 'hello all!']);
    expect(told).toEqual([['you'], greeter, ['all'], greeter]);
    expect([own.ends, ofCall.ends]).toEqual([['success'], ['success']]);
  });

  it('stays as it is where it cannot be replaced', () => {
    const getter = {
      get method(): Method {
        return () => 'got';
      },
    };
    const { proxy, revoke } = Proxy.revocable({ method: () => 'called' }, {});
    revoke();
    const unwatchable: [object, PropertyKey][] = [
      [Object.freeze({ method: () => 'frozen' }), 'method'],
      [getter, 'method'],
      [proxy, 'method'],
      [{ method: 'no method' }, 'method'],
      [{}, 'method'],
    ];
    for (const [object, key] of unwatchable) {
      expect(watchMethod(object, key, watching())).toBeUndefined();
    }
  });

  it('stays as fixed as it was', () => {
    const fixed: { method?: () => string } = Object.defineProperty({}, 'method', {
      value: () => 'fixed',
      writable: false,
      enumerable: true,
      configurable: true,
    });
    const watcher = watching();
    watchMethod(fixed, 'method', watcher);

    expect(fixed.method?.()).toBe('fixed');
    expect(watcher.ends).toEqual(['success']);
    expect(Object.getOwnPropertyDescriptor(fixed, 'method')).toMatchObject({
      writable: false,
      enumerable: true,
    });
  });

  it('is not taken for another that merely looks like it', () => {
    const inner = watchable(() => 'inner');
    const copy: Method = () => inner.call(undefined);
    for (const key of Reflect.ownKeys(inner)) {
      const descriptor = Object.getOwnPropertyDescriptor(inner, key);
      if (descriptor !== undefined) Object.defineProperty(copy, key, descriptor);
    }
    const [ofInner, ofCopy] = [watching(), watching()];
    const object = { method: copy };
    watch(inner, ofInner);
    watchMethod(object, 'method', ofCopy);
    inner.call(undefined);
    object.method.call(undefined);

    expect([ofInner.ends.length, ofCopy.ends.length]).toEqual([2, 1]);
  });
});
