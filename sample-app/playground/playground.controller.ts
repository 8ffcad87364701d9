import { Controller, HttpCode, Post } from '@nestjs/common';
import { BillingService } from '../billing/billing.service.js';
import { Database } from '../database/database.js';
import { PlaygroundService } from './playground.service.js';

/** `/playground`: breaks things and mends them, to see what `/health` makes of it. */
@Controller('playground')
export class PlaygroundController {
  constructor(
    private readonly billing: BillingService,
    private readonly database: Database,
    private readonly playground: PlaygroundService,
  ) {}

  /** Stops the embedded database. */
  @Post('database/stop')
  @HttpCode(200)
  async stopDatabase(): Promise<{ database: 'stopped' }> {
    await this.database.stop();
    return { database: 'stopped' };
  }

  /** Starts the embedded database again. */
  @Post('database/start')
  @HttpCode(200)
  async startDatabase(): Promise<{ database: 'started' }> {
    await this.database.start();
    return { database: 'started' };
  }

  /** Breaks the billing module. */
  @Post('billing/break')
  @HttpCode(200)
  breakBilling(): { billing: 'broken' } {
    this.billing.break();
    return { billing: 'broken' };
  }

  /** Mends the billing module. */
  @Post('billing/mend')
  @HttpCode(200)
  mendBilling(): { billing: 'mended' } {
    this.billing.mend();
    return { billing: 'mended' };
  }

  /** Sends an error to Sentry. */
  @Post('error')
  @HttpCode(200)
  fail(): { eventId: string | null } {
    return { eventId: this.playground.fail() };
  }

  /** Fails and tells nobody: the answer is 500, and has the id of Sentry's event in `X-Sentry-Event-Id`. */
  @Post('crash')
  crash(): never {
    throw new Error('The playground has crashed.');
  }
}
