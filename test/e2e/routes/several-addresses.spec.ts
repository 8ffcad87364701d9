import dns from 'node:dns';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';
import { expect, it, onTestFinished, vi } from 'vitest';

// Linux answers on all of 127.0.0.0/8, with or without IPv6; other systems have IPv6.
const SECOND = process.platform === 'linux' ? '127.0.0.2' : '::1';
const ADDRESSES = ['127.0.0.1', SECOND];

@Module({ imports: [ObservabilityModule.forRoot()] })
class AppModule {}

/** Gives `localhost` two addresses, as a machine with IPv4 and IPv6 does. */
function giveLocalhostTwoAddresses(): void {
  const lookup = dns.lookup.bind(dns) as (...values: unknown[]) => void;
  const two = (
    host: string,
    options: { all?: boolean },
    callback: (...values: unknown[]) => void,
  ) =>
    host === 'localhost' && options.all
      ? callback(
          null,
          ADDRESSES.map((address) => ({ address, family: address === '::1' ? 6 : 4 })),
        )
      : lookup(host === 'localhost' ? ADDRESSES[0] : host, options, callback);
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(two as never);
  onTestFinished(() => spy.mockRestore());
}

it('the routes stand in front on every address that Fastify listens on', async () => {
  giveLocalhostTwoAddresses();
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  onTestFinished(() => app.close());
  app.use((_request: unknown, response: ServerResponse) => {
    response.writeHead(302, { Location: '/login' }).end();
  });
  await app.listen(0, 'localhost');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;

  for (const address of ADDRESSES) {
    const ask = async (path: string): Promise<number> =>
      (
        await fetch(`http://${address === '::1' ? '[::1]' : address}:${port}${path}`, {
          redirect: 'manual',
        })
      ).status;
    expect([await ask('/health/live'), await ask('/orders')], address).toEqual([200, 302]);
  }
});
