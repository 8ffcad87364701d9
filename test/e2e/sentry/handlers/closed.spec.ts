import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Injectable, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnEvent } from '@nestjs/event-emitter';
import { CaptureErrors, SentryService } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { handlersModule } from './handlers-app.js';

@Injectable()
class Listeners {
  @OnEvent('ring')
  ring(): string {
    return 'rung';
  }

  @CaptureErrors()
  work(): string {
    return 'done';
  }
}

async function create(): Promise<INestApplicationContext> {
  const module = handlersModule({ providers: [Listeners] }, {});
  return NestFactory.createApplicationContext(module, { logger: false });
}

/** Makes an application, closes it and forgets it. @returns its service and a listener, weakly. */
async function closedOne(): Promise<WeakRef<object>[]> {
  const app = await create();
  const kept = [new WeakRef<object>(app.get(SentryService)), new WeakRef(app.get(Listeners))];
  await app.close();
  return kept;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

it('Applications that have closed are not held by the methods of their classes', async () => {
  const kept: WeakRef<object>[] = [];
  for (let count = 0; count < 5; count += 1) kept.push(...(await closedOne()));
  await new Promise(setImmediate);
  collectGarbage();
  await new Promise(setImmediate);
  collectGarbage();

  const held = kept.map((ref, index) => (ref.deref() === undefined ? -1 : index));

  // What is awaited last may be held by Node.js until the next is.
  expect(held.slice(0, -2).filter((index) => index !== -1)).toEqual([]);
});

it('A method is replaced once, however many applications there have been', async () => {
  const first = await create();
  const [ring, work] = methods();
  await first.close();
  const second = await create();

  expect(methods()).toEqual([ring, work]);
  expect(work).toHaveProperty('name', 'work');
  expect(ring).toHaveProperty('name', 'ring');
  await second.close();
});

function methods(): unknown[] {
  return ['ring', 'work'].map((key) => Reflect.get(Listeners.prototype, key) as unknown);
}
