import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HealthRegistry, type HealthCheckReturn } from 'nestjs-observability';
import { onTestFinished } from 'vitest';
import { PAGE_CSP, statusPage } from '../../../lib/endpoints/page/status-page.js';
import { healthOnWire } from '../../../lib/endpoints/health-body.js';
import type { Platform } from '../../support/boot.js';

export interface ShopOptions {
  readonly details?: 'always' | 'never';
  readonly tools?: Readonly<Record<string, string>>;
}

export interface Shop {
  readonly url: string;
  readonly registry: HealthRegistry;
  readonly says: Record<string, HealthCheckReturn>;
  readonly close: () => Promise<void>;
}

export async function openShop(
  _platform: Platform,
  says: Record<string, HealthCheckReturn>,
  { details = 'always', tools = {} }: ShopOptions = {},
): Promise<Shop> {
  const registry = new HealthRegistry();
  for (const name of Object.keys(says)) registry.registerCheck(name, () => says[name]);
  const server = createServer((_request, response) => {
    void registry.run().then((report) => {
      response.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': PAGE_CSP,
        'Cache-Control': 'no-store',
      });
      response.end(
        statusPage({
          health: healthOnWire(report, details === 'always'),
          history: (name) => (registry.has(name) ? registry.history(name) : undefined),
          showsDetails: details === 'always',
          live: 'alive',
          ready: report.status === 'unhealthy' ? 'not_ready' : 'ready',
          tools,
        }),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/health`, registry, says, close };
}
