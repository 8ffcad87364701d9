import { Injectable } from '@nestjs/common';
import { Counted, Timed } from 'nestjs-observability';
import {
  BehaviorSubject,
  firstValueFrom,
  lastValueFrom,
  map,
  Observable,
  range,
  Subject,
  take,
  toArray,
} from 'rxjs';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

const declined = new Error('declined');

@Injectable()
class Prices {
  readonly ticks = new Subject<number>();
  readonly latest = new BehaviorSubject(5);
  subscriptions = 0;
  left = 0;

  @Counted()
  @Timed()
  watch(): Observable<number> {
    return new Observable<number>((subscriber) => {
      this.subscriptions += 1;
      const inner = this.ticks.subscribe(subscriber);
      return () => {
        this.left += 1;
        inner.unsubscribe();
      };
    });
  }

  @Counted()
  doubled(): Observable<number> {
    return this.ticks.pipe(map((tick) => tick * 2));
  }

  @Counted()
  endless(): Observable<number> {
    return range(1, Number.POSITIVE_INFINITY);
  }

  @Counted()
  current(): BehaviorSubject<number> {
    return this.latest;
  }
}

async function bootPrices() {
  const { app } = await boot(measuredModule({ providers: [Prices] }));
  return { app, prices: app.get(Prices) };
}

it('An observable counts with each subscription, when it completes', async () => {
  const { app, prices } = await bootPrices();
  const watched = prices.watch();

  expect(prices.subscriptions).toBe(0);
  expect(await callsIn(app)).toEqual({});

  const both = Promise.all([
    lastValueFrom(watched.pipe(toArray())),
    lastValueFrom(watched.pipe(toArray())),
  ]);
  prices.ticks.next(1);
  prices.ticks.next(2);
  expect(await callsIn(app)).toEqual({});
  prices.ticks.complete();

  expect(await both).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(prices.subscriptions).toBe(2);
  expect(await callsIn(app)).toEqual({ 'Prices.watch success': 2 });
  expect(await callsIn(app, 'method_duration_seconds_count')).toEqual({
    'Prices.watch success': 2,
  });
});

it('An observable that fails is a failure, with the very same error', async () => {
  const { app, prices } = await bootPrices();
  const watching = lastValueFrom(prices.watch());
  prices.ticks.error(declined);

  await expect(watching).rejects.toBe(declined);
  expect(await callsIn(app)).toEqual({ 'Prices.watch failure': 1 });
});

it('An observable that is left early is a success, and hears of it', async () => {
  const { app, prices } = await bootPrices();
  const first = firstValueFrom(prices.watch());
  prices.ticks.next(1);

  expect(await first).toBe(1);
  expect(prices.left).toBe(1);
  expect(await callsIn(app)).toEqual({ 'Prices.watch success': 1 });
});

it('An observable that never ends by itself stops where its subscriber has had enough', async () => {
  const { app, prices } = await bootPrices();

  expect(await lastValueFrom(prices.endless().pipe(take(2), toArray()))).toEqual([1, 2]);
  expect(await callsIn(app)).toEqual({ 'Prices.endless success': 1 });
});

it('What is piped from a subject is an observable as any other', async () => {
  const { app, prices } = await bootPrices();
  const doubled = lastValueFrom(prices.doubled());
  prices.ticks.next(4);
  expect(await callsIn(app)).toEqual({});
  prices.ticks.complete();

  expect(await doubled).toBe(8);
  expect(await callsIn(app)).toEqual({ 'Prices.doubled success': 1 });
});

it('A subject is handed out as it is, and counts when it is returned', async () => {
  const { app, prices } = await bootPrices();

  expect(prices.current()).toBe(prices.latest);
  expect(await callsIn(app)).toEqual({ 'Prices.current success': 1 });
});
