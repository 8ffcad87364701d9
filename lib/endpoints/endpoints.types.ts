import type { IncomingMessage } from 'node:http';

/** Who sees the messages and details of health checks: everyone, nobody, or whom the function lets. */
export type DetailsOption = 'always' | 'never' | ((request: IncomingMessage) => boolean);
