import { Catch, Controller, Get, HttpException, UseFilters } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { counts, measured } from './reading.js';

@Catch()
class Overloaded implements ExceptionFilter {
  constructor(private readonly http: HttpAdapterHost) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    this.http.httpAdapter.reply(host.switchToHttp().getResponse(), 'try later', 503);
  }
}

@Controller('orders')
class OrdersController {
  @Get('teapot')
  teapot(): void {
    throw new HttpException('short and stout', 418);
  }

  @Get('broken')
  broken(): void {
    throw new Error('broken');
  }

  @Get('rejected')
  async rejected(): Promise<void> {
    await Promise.reject(new Error('rejected'));
  }

  @Get('filtered')
  @UseFilters(Overloaded)
  filtered(): void {
    throw new Error('filtered');
  }
}

it.each(PLATFORMS)(
  'on %s what a handler throws counts with the status that is sent',
  async (platform) => {
    const { get } = await boot(measured([OrdersController]), platform);
    const paths = ['teapot', 'broken', 'rejected', 'filtered'];
    const sent: number[] = [];
    for (const path of paths) sent.push((await get(`/orders/${path}`)).status);
    expect(sent).toEqual([418, 500, 500, 503]);
    expect(await counts(get)).toEqual(
      Object.fromEntries(paths.map((path, at) => [`GET /orders/${path} ${sent[at]}`, 1])),
    );
  },
);

it.each(PLATFORMS)(
  'on %s a status that is rewritten late counts as it is sent',
  async (platform) => {
    const { get } = await boot(measured([OrdersController]), platform, (app) => {
      app.useGlobalFilters({
        catch: (_error: unknown, host: ArgumentsHost) => {
          app.getHttpAdapter().reply(host.switchToHttp().getResponse(), 'late', 599);
        },
      });
    });
    await get('/orders/broken');
    expect(await counts(get)).toEqual({ 'GET /orders/broken 599': 1 });
  },
);
