/** Says whether this instance may get traffic, apart from what its checks say. */
export class Readiness {
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #switchedOff = false;

  /** True while the application runs and nobody has switched it off. */
  get ready(): boolean {
    return this.#phase === 'running' && !this.#switchedOff;
  }

  /** True until bootstrap is done. */
  get isStarting(): boolean {
    return this.#phase === 'starting';
  }

  /** True from the first moment of shutdown. */
  get isStopping(): boolean {
    return this.#phase === 'stopping';
  }

  /** Bootstrap is done. */
  started(): void {
    if (this.#phase === 'starting') this.#phase = 'running';
  }

  /** Shutdown has begun; there is no way back. */
  stopping(): void {
    this.#phase = 'stopping';
  }

  /** Takes the instance out of traffic, or back in. @returns whether that changes anything. */
  set(ready: boolean): boolean {
    const changes = this.#switchedOff === ready && this.#phase !== 'stopping';
    this.#switchedOff = !ready;
    return changes;
  }
}
