import { Controller, Get, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { counts, inFlight } from './reading.js';

@Controller('orders')
class OrdersController {
  @Get(':id')
  one(): string {
    return 'one';
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ pipeline: 'nest', metrics: { enabled: true } })],
  controllers: [OrdersController],
})
class AppModule {}

/** Refuses whoever says that it is nobody. */
const refusesNobody: CanActivate = {
  canActivate: (context: ExecutionContext) =>
    context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-user'] !==
    'nobody',
};

const NOBODY = { headers: { 'X-User': 'nobody' } };

describe.each(PLATFORMS)('on %s', (platform) => {
  it('the routes are not counted where they are a controller, and refused they are not either', async () => {
    const { get } = await boot(AppModule, platform, (app) => {
      app.setGlobalPrefix('API');
      app.useGlobalGuards(refusesNobody);
    });
    const read = (path: string): Promise<Response> => get(`/API${path}`);
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools']) {
      await read(path);
      expect((await get(`/API${path}`, NOBODY)).status).toBe(403);
    }
    await get('/API/health', { method: 'POST' });
    await read('/orders/1');
    await get('/API/orders/1', NOBODY);
    expect(await counts(read)).toEqual({
      'GET /API/orders/:id 200': 1,
      'GET /API/orders/:id 403': 1,
    });
    // Not even the scrape that asks.
    expect(await inFlight(read)).toBe(0);
  });
});
