import {
  attachScrubber,
  type DroppedListener,
} from '../../../lib/sentry/scrubbing/event-scrubber.js';

type Callback = (item: never, hint: never) => void;

/** As much of a client of the Sentry SDK as hooks need. */
export class HookedClient {
  readonly hooks: { readonly hook: string; readonly callback: Callback }[] = [];

  constructor(private readonly dsn: string = 'https://0123456789abcdef@sentry.example/1') {}

  getOptions(): { readonly dsn: string } {
    return { dsn: this.dsn };
  }

  on(hook: string, callback: Callback): void {
    this.hooks.push({ hook, callback });
  }

  /** Lets the hook change what the client would send. @returns it, as it was changed in place. */
  emit<Item extends object>(hook: string, item: Item): Item {
    for (const each of this.hooks)
      if (each.hook === hook) each.callback(item as never, {} as never);
    return item;
  }
}

/** A client that is scrubbed. */
export function scrubbedClient(dropped: DroppedListener = () => {}): HookedClient {
  const client = new HookedClient();
  attachScrubber(client, dropped);
  return client;
}

/** An event as it is sent. */
export const scrub = <Event extends object>(event: Event): Event =>
  scrubbedClient().emit('postprocessEvent', event);
