import { SetMetadata } from '@nestjs/common';
import { CaptureErrors, Counted, Timed, type CaptureErrorsOptions } from 'nestjs-observability';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';

function decorated(options: unknown): () => void {
  return () => CaptureErrors(options as CaptureErrorsOptions);
}

describe('@CaptureErrors()', () => {
  it.each([
    ['options', null, /options is null; accepted is an object/],
    ['options', 'mail', /options is "mail" .*; accepted is an object/],
    ['an option', { tag: 'a' }, /an option is "tag" .*; accepted is one of tags, level/],
    ['the level', { level: 'bad' }, /level is "bad" .*; accepted is one of 'fatal', 'error'/],
    ['tags', { tags: ['a'] }, /tags is .*; accepted is an object of tag names/],
    ['a tag', { tags: { queue: 5 } }, /tag queue is 5 .*; accepted is a text that is not empty/],
    ['a tag', { tags: { queue: '' } }, /tag queue is "" .*; accepted is a text that is not empty/],
  ])('says at once what is wrong with %s', (_what, options, message) => {
    expect(decorated(options)).toThrow(TypeError);
    expect(decorated(options)).toThrow(message);
  });

  it('says at once that it stands on no method, or twice', () => {
    const decorate = CaptureErrors() as unknown as (...args: unknown[]) => void;
    class Work {
      run(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Work.prototype, 'run');

    expect(() => decorate(Work)).toThrow('@CaptureErrors() is on a class: put it on a method.');
    expect(() => decorate(Work, 'run', descriptor)).toThrow('is on the static Work.run');
    expect(() => decorate(Work.prototype, 'name', { get: () => 1 })).toThrow('accessor Work.name');
    decorate(Work.prototype, 'run', descriptor);
    expect(() => decorate(Work.prototype, 'run', descriptor)).toThrow(
      '@CaptureErrors() is on Work.run twice: put it there once.',
    );
  });

  it('leaves a method as it was, wherever it stands among other decorators', async () => {
    class Work {
      @SetMetadata('above', 1)
      @CaptureErrors()
      @SetMetadata('below', 2)
      run(a: number, b: number): number {
        return a + b;
      }

      @Timed()
      @CaptureErrors()
      @Counted()
      async *several(): AsyncGenerator<number> {
        yield 1;
        yield 2;
      }

      @CaptureErrors()
      stream(): Observable<number> {
        return of(3);
      }
    }
    const work = Object.freeze(new Work());

    expect(work.run(1, 2)).toBe(3);
    expect(new Proxy(work, {}).run(1, 2)).toBe(3);
    expect(await all(work.several())).toEqual([1, 2]);
    expect(await lastValueFrom(work.stream())).toBe(3);
    const run = Reflect.get(Work.prototype, 'run') as object;

    expect(run).toHaveProperty('name', 'run');
    expect(run).toHaveProperty('length', 2);
    expect(Reflect.getMetadata('above', run)).toBe(1);
    expect(Reflect.getMetadata('below', run)).toBe(2);
  });
});

async function all(values: AsyncIterable<number>): Promise<number[]> {
  const collected: number[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}
