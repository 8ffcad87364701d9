import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Platform } from '../../support/boot.js';

/** The program that is started. */
export const PROGRAM = join(import.meta.dirname, 'stopping-app.mjs');

/** Options with which nothing happens by itself: they are longer than any test takes. */
export const ENDLESS = { drainMs: 600_000, forceExitMs: 1_200_000 };

/** What the application is like. */
export interface Situation {
  readonly platform?: Platform | 'none';
  /** What of the two is called to have it stopped, in this order. */
  readonly stops?: readonly ('graceful' | 'hooks')[];
  /** Those of `enableGracefulShutdown()`. */
  readonly options?: { readonly drainMs?: number; readonly forceExitMs?: number };
  readonly hook?: { readonly name: string; readonly does: 'hangs' | 'throws' };
  readonly check?: 'hangs';
  readonly closing?: 'fails';
  readonly listens?: boolean;
  readonly holdsBootstrap?: boolean;
  /** As NestJS has it. */
  readonly return503OnClosing?: boolean;
  readonly captures?: boolean;
  /** What the logger does with all that the module says once the application is up. */
  readonly logging?: 'throws';
  /** Another application of the same process, which has nothing to do. */
  readonly beside?: Pick<Situation, 'options' | 'closing'>;
}

/** One line of what it tells. */
export interface Said {
  readonly open?: true;
  readonly port?: number;
  readonly pid?: number;
  readonly signal?: string;
  readonly hook?: string;
  readonly of?: string;
  readonly ready?: number;
  readonly started?: string;
  readonly finishes?: string;
  readonly closing?: true;
  readonly closed?: true;
  /** Said some seconds after `closing`. */
  readonly secondsPassed?: true;
  readonly eventId?: string | null;
  readonly level?: string;
  readonly message?: string;
}

export interface Answer {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly body: string;
}

/** Everything that a process tells, and what is waited for. */
export class Story {
  readonly said: Said[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;

  constructor(output: Readable) {
    const lines = createInterface(output);
    lines.on('line', (line) => {
      if (line.startsWith('{')) this.said.push(JSON.parse(line) as Said);
      this.#look();
    });
    lines.on('close', () => {
      this.#ended = true;
      this.#look();
    });
  }

  /** The first line with this key and, if given, this value. Rejects when the process ends without. */
  async tells<K extends keyof Said>(key: K, value?: Said[K]): Promise<Said> {
    for (;;) {
      const found = this.said.find(
        (said) => said[key] !== undefined && (value === undefined || said[key] === value),
      );
      if (found !== undefined) return found;
      if (this.#ended) throw new Error(`It ended without "${key}": ${JSON.stringify(this.said)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  /** The hooks that were called, with the provider they belong to. */
  hooks(): string[] {
    return this.said.flatMap(({ hook, of }) => (hook === undefined ? [] : [`${of} ${hook}`]));
  }

  /** What was logged at a level. */
  logged(level: string): string {
    return this.said
      .filter((said) => said.level === level)
      .map(({ message }) => message)
      .join('\n');
  }

  #look(): void {
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}

/** An application in a process of its own, that is going to be stopped. It does not outlive the process of the test. */
export class StoppingApp {
  readonly story: Story;
  /** How it has ended: its exit code, or the signal. */
  readonly end: Promise<number | string>;
  readonly #child: ChildProcess;
  /** What is sent on one connection that is kept. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(situation: Situation, env: Readonly<Record<string, string>>) {
    this.#child = fork(PROGRAM, [JSON.stringify(situation)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { PATH: process.env['PATH'], ...env },
      execArgv: [],
    });
    this.story = new Story(this.#child.stdout as Readable);
    this.end = once(this.#child, 'close').then(
      ([code, signal]: (number | string | null)[]) => signal ?? code ?? -1,
    );
  }

  /** Only starts it: it may not have got anywhere yet. */
  static start(situation: Situation, env: Readonly<Record<string, string>> = {}): StoppingApp {
    return new StoppingApp(situation, env);
  }

  /** Starts it, and waits until it is up. */
  static async open(
    situation: Situation,
    env: Readonly<Record<string, string>> = {},
  ): Promise<StoppingApp> {
    const app = StoppingApp.start(situation, env);
    await app.story.tells('open');
    return app;
  }

  get port(): number {
    const port = this.story.said.find(({ open }) => open)?.port;
    if (port === undefined) throw new Error('The application does not listen');
    return port;
  }

  /** Sends a signal, and waits until the process has got it. */
  async gets(signal: 'SIGTERM' | 'SIGINT'): Promise<void> {
    this.#child.kill(signal);
    await this.story.tells('signal', signal);
  }

  /** Sends a signal that it has got before. */
  getsAgain(signal: 'SIGTERM' | 'SIGINT'): void {
    this.#child.kill(signal);
  }

  /** Lets go on what waits to be released, or has the application call `app.close()`. */
  do(what: 'release' | 'close'): void {
    this.#child.send(what);
  }

  /** Asks on a connection that is kept, or on one of its own. */
  async get(path: string, connection: 'kept' | 'new' = 'new'): Promise<Answer> {
    const agent = connection === 'kept' ? this.#agent : new Agent({ keepAlive: true });
    try {
      const asked = request({ host: '127.0.0.1', port: this.port, path, agent }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      const { statusCode: status, headers } = response;
      return { status, connection: headers.connection, body: await text(response) };
    } finally {
      if (agent !== this.#agent) agent.destroy();
    }
  }
}
