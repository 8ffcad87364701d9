import type { Server } from 'node:net';
import type { Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Faults } from '../faults.js';
import { SafeLogger } from '../tell.js';
import type { ManagementAddress, RoutePaths } from './endpoints.types.js';
import { putInFront } from './front.js';
import type { HostControllers } from './host-controllers.js';
import { assertNoRival, assertNothingHidden, ownPlaces, placeOf } from './host-routes.js';
import { ManagementListener } from './management-listener.js';
import { mapPaths } from './nest-controller.js';
import { OpenConnections } from './open-connections.js';
import { createRequestHandler, type RequestHandler } from './request-handler.js';
import type { RequestsInFlight } from './requests-in-flight.js';
import type { Routes } from './routes.js';
import { checkLiveRoute } from './self-check.js';

/** Where the routes are to be. */
export interface MountingSettings {
  readonly paths: RoutePaths;
  /** `undefined`: on the application's own port. */
  readonly management: ManagementAddress | undefined;
  /** The controller of `pipeline: 'nest'`. */
  readonly controller: Type | undefined;
}

/** Puts the routes where they are to be: in front of the application, among its controllers, or on a port of their own. */
export class Mounting {
  readonly #logger = new SafeLogger();
  readonly #handle: RequestHandler;
  readonly #listener: ManagementListener | undefined;
  readonly #connections = new OpenConnections();
  #livePath: string | undefined;
  #ownEndpoints: readonly string[] = [];

  constructor(
    routes: Routes,
    private readonly settings: MountingSettings,
    private readonly inFlight: RequestsInFlight,
    private readonly controllers: HostControllers,
    faults?: Faults,
  ) {
    const { paths, management, controller } = settings;
    this.#livePath = paths.live;
    const complain = (problem: string): void => this.#logger.error(problem);
    this.#handle = createRequestHandler(routes, paths, complain, faults);
    if (management !== undefined) {
      this.#listener = new ManagementListener(management, this.#handle, inFlight, complain);
    } else if (controller !== undefined) {
      mapPaths(controller, paths);
    }
  }

  /** Whether the routes have a port of their own. */
  get isApart(): boolean {
    return this.#listener !== undefined;
  }

  /** The path of `/metrics` on the application's own port, if it is there. */
  get metricsOnOwnPort(): string | undefined {
    return this.isApart ? undefined : this.settings.paths.metrics;
  }

  /** Whether NestJS has mounted one of the routes there; in front there is no endpoint of ours. */
  isOwnEndpoint(endpoint: string): boolean {
    return this.#ownEndpoints.includes(endpoint);
  }

  /** Opens the management port, if there is one. @throws Error when it cannot be had. */
  async open(): Promise<void> {
    if (this.#listener === undefined) return;
    const url = await this.#listener.open();
    this.#logger.log(`The management routes listen on ${url}`);
  }

  /**
   * Stands before the application's server, with or without the routes.
   *
   * @throws Error (as a rejection) where a controller of the application has the path of a route.
   */
  async standBefore(adapter: AbstractHttpAdapter): Promise<void> {
    const { paths, controller } = this.settings;
    const { inFlight } = this;
    const inFront = !this.isApart && controller === undefined;
    const handle = inFront ? this.#handle : undefined;
    putInFront(adapter, { handle, inFlight, connections: this.#connections });
    if (this.isApart) return;
    // Again, as another application may have mapped the same class since.
    if (controller !== undefined) mapPaths(controller, paths);
    const hostRoutes = this.controllers.routes();
    if (inFront) {
      await assertNothingHidden(hostRoutes, paths);
    } else {
      assertNoRival(hostRoutes, paths);
      this.#livePath = placeOf(hostRoutes, 'live');
      this.#ownEndpoints = ownPlaces(hostRoutes);
    }
  }

  /** The application has come up. */
  bootstrapped(): void {
    this.#listener?.keepAlive();
  }

  /** Asks the application that listens for its liveness route, and warns if the answer is not what a kubelet needs. */
  async check(adapter: AbstractHttpAdapter, closing: () => boolean): Promise<void> {
    if (this.isApart || this.#livePath === undefined) return;
    const problem = await checkLiveRoute(adapter.getHttpServer() as Server, this.#livePath);
    if (problem === undefined || closing()) return;
    const cause =
      this.settings.controller === undefined
        ? 'Something stands before the routes of ObservabilityModule'
        : "With pipeline: 'nest' the application's guards, interceptors and middleware hold for it";
    this.#logger.warn(
      `GET ${this.#livePath} is not answered as documented: ${problem}. ${cause}; probes will fail`,
    );
  }

  /** Ends all connections of the application, whatever is under way on them. */
  cutConnections(): void {
    this.#connections.endAll();
  }

  /** Ends the management port, if there is one. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }
}
