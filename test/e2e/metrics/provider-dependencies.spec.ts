import { Module } from '@nestjs/common';
import { makeGaugeProvider, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../support/boot.js';

/** An application with a gauge, and what its collector is called with. */
function appWith(enabled: boolean) {
  const calls: unknown[][] = [];

  @Module({
    imports: [ObservabilityModule.forRoot({ metrics: { enabled } })],
    providers: [
      { provide: 'QUEUE', useFactory: () => Promise.resolve(['a', 'b']) },
      makeGaugeProvider({
        name: 'queue_length',
        help: 'Queue',
        inject: ['QUEUE', { token: 'ABSENT', optional: true }],
        collect(queue: string[], absent: unknown) {
          calls.push([queue, absent]);
          this.set(queue.length);
        },
      }),
    ],
  })
  class AppModule {}

  return { AppModule, calls };
}

it('A collector gets what is there, and undefined for what is optional and absent', async () => {
  const { AppModule, calls } = appWith(true);
  const { get } = await boot(AppModule);

  expect(await (await get('/metrics')).text()).toContain('queue_length 2\n');
  expect(calls).toEqual([[['a', 'b'], undefined]]);
});

it('A collector is never called with metrics off', async () => {
  const { AppModule, calls } = appWith(false);
  const { get } = await boot(AppModule);
  await get('/metrics');

  expect(calls).toEqual([]);
});
