import { Injectable } from '@nestjs/common';
import { Counted, HealthCheck, HealthRegistry, Timed } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

@Injectable()
class Disks {
  @Counted()
  @HealthCheck('above')
  above(): void {}

  @HealthCheck('below')
  @Timed()
  @Counted()
  async below(): Promise<void> {
    throw new Error('the disk is full');
  }
}

it('A health check stays one, whether it is decorated above or below', async () => {
  const { app } = await boot(measuredModule({ providers: [Disks] }));
  const { checks } = await app.get(HealthRegistry).run();

  expect(checks.map(({ name, status, message }) => [name, status, message])).toEqual([
    ['above', 'healthy', ''],
    ['below', 'unhealthy', 'the disk is full'],
  ]);
  expect(Object.keys(await callsIn(app)).toSorted()).toEqual([
    'Disks.above success',
    'Disks.below failure',
  ]);
});
