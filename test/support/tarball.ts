import { execFile, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const execute = promisify(execFile);

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** What the environment of a user's machine has; the variables that the module itself reads are not among it. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(path|home|tmpdir|temp|tmp|systemroot|appdata|localappdata|comspec|https?_proxy|no_proxy|ssl_.*|node_extra_ca_certs)$/i.test(
      name,
    ),
  ),
);

/** The packed package. */
export interface Tarball {
  /** Absolute. */
  readonly path: string;
  /** The paths inside, in alphabetical order. */
  readonly files: readonly string[];
}

/** An application in its own process. */
export interface Host {
  readonly url: string;
  /** What it has written so far, both streams together. */
  readonly output: () => string;
  /** Fetches a path of the application. */
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends SIGTERM. @returns how the process ended: its exit code, or the name of the signal. */
  readonly terminate: () => Promise<number | string | null>;
}

/** Makes an empty folder outside the repository; {@link removeFolder} takes it away. */
export async function makeFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), 'nestjs-observability-')));
}

/** Removes a folder with all that is in it. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Packs what `npm run build` or `npm test` has built, as `npm publish` would. */
export async function packInto(folder: string): Promise<Tarball> {
  // Without the scripts: `prepack` would build anew, while other tests read the build.
  const packed = await npm(ROOT, [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ]);
  const report: unknown = JSON.parse(packed);
  // npm 12 answers with an object by package name, npm 11 with a list.
  const [{ filename, files }] = Object.values(report as object) as [
    { filename: string; files: { path: string }[] },
  ];
  return { path: join(folder, filename), files: files.map(({ path }) => path).toSorted() };
}

/** Makes a folder a package and installs what its manifest names. */
export async function installIn(folder: string, manifest: object): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  await npm(folder, ['install', '--no-audit', '--no-fund', '--prefer-offline', '--prefix', folder]);
}

/** Runs a program of the repository's `node_modules` in a folder. @throws Error with what it said when it fails. */
export async function runInstalled(
  folder: string,
  file: string,
  args: readonly string[],
): Promise<string> {
  return run(process.execPath, [join(ROOT, 'node_modules', file), ...args], folder);
}

/** Runs a command in a folder. @throws Error with what it said when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...ENVIRONMENT, NO_COLOR: '1', ...environment };
  try {
    const { stdout } = await execute(command, args, {
      cwd: folder,
      env,
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/**
 * Starts an application that writes `listening on <url>` when it does; it is killed when the test is finished.
 *
 * @param command the program of Node.js, and its arguments.
 */
export async function startHost(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<Host> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...ENVIRONMENT, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const listening = /^listening on (\S+)$/m.exec(output)?.[1];
      if (listening !== undefined) resolve(listening);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then(
      (code) => reject(new Error(`ended with ${code} before it listened:\n${output}`)),
      reject,
    );
  });
  return {
    url,
    output: () => output,
    get: (path, init) => fetch(url + path, init),
    terminate: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function npm(folder: string, args: readonly string[]): Promise<string> {
  return run('npm', args, folder);
}
