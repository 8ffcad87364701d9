import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/billing.module.js';
import { PlaygroundController } from './playground.controller.js';
import { PlaygroundService } from './playground.service.js';

/** Things to break. */
@Module({
  imports: [BillingModule],
  controllers: [PlaygroundController],
  providers: [PlaygroundService],
})
export class PlaygroundModule {}
