import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');

/** What `npm start` runs. */
const START: readonly string[] = [process.execPath, join(ROOT, 'tools/start.mjs')];

/** Any free port, and an end without a wait. */
const QUICK = { NO_COLOR: '1', PORT: '0', DRAIN_MS: '0' };

const DEADLINE_MS = 60_000;

/** How a process has ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An answer of the shop. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** The sample application in a process of its own, started as `npm start` does. */
export class Shop {
  /** Where it keeps its data; nobody else writes there. */
  readonly directory = mkdtempSync(join(tmpdir(), 'shop-test-'));
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(
    env: Readonly<Record<string, string>> = {},
    [program = '', ...args]: readonly string[] = START,
  ) {
    // The database's user must be able to pass.
    chmodSync(this.directory, 0o755);
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(program, args, {
      cwd: ROOT,
      env: { ...QUICK, PATH, HOME, TMPDIR: this.directory, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => void (this.#output += chunk.toString());
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** All that it has said so far. */
  get output(): string {
    return this.#output;
  }

  /** Without a slash at the end. */
  get url(): string {
    return /The shop is open: (http:\/\/localhost:\d+)/.exec(this.#output)?.[1] ?? '';
  }

  /** Waits until it says something; fails with all that it said when it ends before. */
  async says(words: string): Promise<this> {
    await eventually(() => {
      if (this.#output.includes(words)) return true;
      if (this.#child.exitCode === null && this.#child.signalCode === null) return false;
      throw new Error(`The shop ended without saying "${words}":\n${this.#output}`);
    });
    return this;
  }

  /** Waits until customers may come. */
  async opens(): Promise<this> {
    return this.says('Ctrl-C closes the shop.');
  }

  async get<Body = unknown>(path: string): Promise<Answer<Body>> {
    return answerOf<Body>(await fetch(this.url + path));
  }

  async post<Body = unknown>(path: string, body: unknown = {}): Promise<Answer<Body>> {
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return answerOf<Body>(await fetch(this.url + path, init));
  }

  /** The text of `/metrics`. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  /** The process id of its embedded database, or `undefined` where it has none. */
  databasePid(): number | undefined {
    const data = readdirSync(this.directory).map((name) => join(this.directory, name, 'data'));
    const [pidFile] = data.flatMap((path) =>
      readdirSync(path).includes('postmaster.pid') ? [join(path, 'postmaster.pid')] : [],
    );
    return pidFile === undefined ? undefined : Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  }

  /** What is left of its data. */
  leftovers(): string[] {
    return readdirSync(this.directory);
  }

  /** Sends a signal, and waits until the process has ended by itself. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.#child.kill(signal);
    return this.ended;
  }

  /** For the end of a test, whatever has happened in it. */
  async cleanUp(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits until a condition holds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${DEADLINE_MS} ms: ${String(holds)}`);
    await delay(25);
  }
}

/** Says whether a process is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  return { status: response.status, body: (await response.json()) as Body };
}
