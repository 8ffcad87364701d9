import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Module } from '@nestjs/common';
import { HttpHealthIndicator, TerminusModule, type HealthIndicatorResult } from '@nestjs/terminus';
import { HealthCheck, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot, PLATFORMS, type BootedApp, type Platform } from '../../support/boot.js';

/** Where the supplier of the shop is. */
const supplier = { url: '' };

@Injectable()
class SupplierHealth {
  constructor(private readonly http: HttpHealthIndicator) {}

  @HealthCheck('supplier')
  check(): Promise<HealthIndicatorResult> {
    return this.http.pingCheck('supplier', supplier.url);
  }
}

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), ObservabilityModule.forRoot()],
  providers: [SupplierHealth],
})
class AppModule {}

async function bootWithSupplier(
  statusCode: number,
  platform: Platform,
): Promise<BootedApp & { shutDown: () => Promise<void> }> {
  const server = createServer((_request, response) => response.writeHead(statusCode).end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const shutDown = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  onTestFinished(shutDown);
  supplier.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { ...(await boot(AppModule, platform)), shutDown };
}

async function supplierIn(app: BootedApp): Promise<unknown> {
  const report = (await (await app.get('/health')).json()) as { checks: unknown[] };
  return report.checks[0];
}

describe.each(PLATFORMS)('pingCheck() in a check, on %s', (platform) => {
  it('is healthy while the server answers', async () => {
    const app = await bootWithSupplier(200, platform);

    expect(await supplierIn(app)).toMatchObject({ name: 'supplier', status: 'healthy' });
    expect((await app.get('/health/ready')).status).toBe(200);
  });

  it('is unhealthy with the status code when the server answers 503', async () => {
    const app = await bootWithSupplier(503, platform);

    expect(await supplierIn(app)).toMatchObject({
      status: 'unhealthy',
      message: 'Request failed with status code 503',
      details: { statusCode: 503, statusText: 'Service Unavailable' },
    });
    expect((await app.get('/health/ready')).status).toBe(503);
  });

  it('is unhealthy once nobody answers any more', async () => {
    const app = await bootWithSupplier(200, platform);
    await app.get('/health');
    await app.shutDown();

    expect(await supplierIn(app)).toMatchObject({
      status: 'unhealthy',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
