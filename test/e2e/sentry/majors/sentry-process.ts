import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../../../..');
const PACKAGES = join(ROOT, 'node_modules');

/** Where the test suite has the majors of the SDK that this package runs with. */
const SDKS = { 10: '@sentry/nestjs', 11: 'sentry-nestjs-11' } as const;

/** A major of the SDK that can be installed; `'none'`, or one that says so when it is loaded. */
export type Sdk = keyof typeof SDKS | 'none' | 'tells when it is loaded';

/** What an SDK that tells of it says when it is loaded. */
export const SDK_LOADED = 'an SDK of Sentry has been loaded';

/** How a process is started. */
export interface ProcessOptions {
  readonly sdk: Sdk;
  /** Files of a folder, of which the first is run. */
  readonly files: readonly string[];
  readonly from: string;
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process has ended. */
export interface Ended {
  /** Its exit code, or the signal that has ended it. */
  readonly end: number | string;
  readonly output: string;
  readonly errors: string;
}

/** An application in a process of its own, where the built package is installed as in that of a user. */
export class SentryProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #said: Record<string, unknown>[] = [];
  readonly #waiting = new Map<string, (value: unknown) => void>();
  readonly #ended: Promise<Ended>;

  constructor({ sdk, files, from, node = [], args = [], env = {} }: ProcessOptions) {
    const folder = install(sdk);
    for (const file of files) cpSync(join(from, file), join(folder, file));
    this.#child = spawn(process.execPath, [...node, files[0] ?? '', ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
    });
    this.#ended = this.#end();
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#ended;
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** What it says of something: it prints JSON, `{ "<name>": … }` a line. Rejects when it ends without. */
  async says<T>(name: string): Promise<T> {
    const said = this.#said.find((line) => name in line);
    if (said !== undefined) return said[name] as T;
    const ended = this.#ended.then(({ end, output, errors }) => {
      throw new Error(`It has ended (${end}) without a word of ${name}: ${output}${errors}`);
    });
    return Promise.race([
      ended,
      new Promise<T>((resolve) => {
        this.#waiting.set(name, resolve as (value: unknown) => void);
      }),
    ]);
  }

  kill(signal: 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  /** As soon as it has ended by itself. */
  async ended(): Promise<Ended> {
    return this.#ended;
  }

  async #end(): Promise<Ended> {
    const errors: string[] = [];
    const output: string[] = [];
    this.#child.stderr.on('data', (text) => errors.push(String(text)));
    const close = once(this.#child, 'close') as Promise<[number | null, string | null]>;
    for await (const line of createInterface(this.#child.stdout)) {
      output.push(line);
      if (line.startsWith('{')) this.#hear(JSON.parse(line) as Record<string, unknown>);
    }
    const [code, signal] = await close;
    return { end: signal ?? code ?? -1, output: output.join('\n'), errors: errors.join('') };
  }

  #hear(line: Record<string, unknown>): void {
    this.#said.push(line);
    for (const [name, value] of Object.entries(line)) this.#waiting.get(name)?.(value);
  }
}

/** A folder with the built package, the SDK under its own name, and everything else that is installed here. */
function install(sdk: Sdk): string {
  const folder = mkdtempSync(join(tmpdir(), 'observability-'));
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, '@sentry'), { recursive: true });
  for (const name of readdirSync(PACKAGES)) {
    if (!name.startsWith('.') && name !== '@sentry' && name !== 'nestjs-observability') {
      symlinkSync(join(PACKAGES, name), join(packages, name));
    }
  }
  const own = join(packages, 'nestjs-observability');
  mkdirSync(own);
  cpSync(join(ROOT, 'package.json'), join(own, 'package.json'));
  cpSync(join(ROOT, 'dist/lib'), join(own, 'dist/lib'), { recursive: true });
  if (sdk === 'tells when it is loaded') {
    for (const name of ['core', 'nestjs', 'node']) tellWhenLoaded(join(packages, '@sentry', name));
  } else if (sdk !== 'none') {
    symlinkSync(join(PACKAGES, SDKS[sdk]), join(packages, '@sentry/nestjs'));
  }
  return folder;
}

function tellWhenLoaded(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.js'), `process.stdout.write('${SDK_LOADED}\\n');`);
}
