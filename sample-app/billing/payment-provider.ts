import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpHealthIndicator, type HealthIndicatorResult } from '@nestjs/terminus';
import { HealthCheck } from 'nestjs-observability';

/**
 * The company that collects the money: the one at `PAYMENT_PROVIDER_URL`, or a stand-in on this machine that always
 * says yes, so that the shop works without a network.
 */
@Injectable()
export class PaymentProvider implements OnModuleInit, OnApplicationShutdown {
  #url = process.env['PAYMENT_PROVIDER_URL'] ?? '';
  #standIn: Server | undefined;

  constructor(private readonly http: HttpHealthIndicator) {}

  async onModuleInit(): Promise<void> {
    if (this.#url !== '') return;
    this.#standIn = createServer((_request, response) => response.end('open for business\n'));
    this.#standIn.listen(0, '127.0.0.1');
    await once(this.#standIn, 'listening');
    this.#url = `http://127.0.0.1:${(this.#standIn.address() as AddressInfo).port}`;
  }

  onApplicationShutdown(): void {
    this.#standIn?.close();
  }

  /** The health check `payment-provider`, by an indicator of Terminus: what it returns is understood as it is. */
  @HealthCheck('payment-provider')
  async check(): Promise<HealthIndicatorResult> {
    // No proxy: the stand-in is on this machine.
    return this.http.pingCheck('payment-provider', this.#url, { timeout: 700, proxy: false });
  }
}
