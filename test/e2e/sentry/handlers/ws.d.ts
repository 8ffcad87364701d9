// `ws` brings no types of its own; what the tests use of it.
declare module 'ws' {
  import type { EventEmitter } from 'node:events';

  export class WebSocket extends EventEmitter {
    constructor(url: string);
    send(message: string): void;
    close(): void;
    terminate(): void;
  }
}
