import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from './free-port.js';
import { findPrograms, findServerUser, type ServerUser } from './postgres-programs.js';

const run = promisify(execFile);

/** What is known of a database before its server runs. */
interface Cluster {
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly postgres: string;
  readonly user: ServerUser;
}

/** A PostgreSQL server of the shop's own, with its data in a temporary directory. */
export class EmbeddedPostgres {
  readonly #onExit = (): void => this.#removeAtOnce();
  #server: ChildProcess | undefined;
  #turn: Promise<void> = Promise.resolve();

  private constructor(private readonly cluster: Cluster) {
    process.once('exit', this.#onExit);
  }

  /** Creates a database whose server is not started yet. */
  static async create(): Promise<EmbeddedPostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'sample-shop-'));
    try {
      return new EmbeddedPostgres(await createCluster(directory));
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** For a client; the same for the life of the database. */
  get url(): string {
    const { password, port } = this.cluster;
    return `postgres://shop:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Starts the server, and waits until it takes connections. */
  async start(): Promise<void> {
    return this.#inTurn(async () => {
      if (isRunning(this.#server)) return;
      const { directory, port, postgres, user } = this.cluster;
      const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
      this.#server = spawn(
        postgres,
        ['-D', dataIn(directory), '-p', `${port}`, ...settings.flatMap((set) => ['-c', set])],
        // Detached, so that Ctrl-C reaches only the shop, which finishes its work before it stops the server.
        { ...user, cwd: directory, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
      );
      await readiness(this.#server);
    });
  }

  /** Ends all connections, and waits until the server has stopped; the data stays. */
  async stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (!isRunning(this.#server)) return;
      const exit = once(this.#server, 'exit');
      this.#server.kill('SIGINT');
      await exit;
    });
  }

  /** Stops the server and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.cluster.directory, { recursive: true, force: true });
    process.removeListener('exit', this.#onExit);
  }

  /** Stopping waits for a start in progress, and the other way round. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** For a process that ends without closing the application. */
  #removeAtOnce(): void {
    this.#server?.kill('SIGQUIT');
    rmSync(this.cluster.directory, { recursive: true, force: true });
  }
}

async function createCluster(directory: string): Promise<Cluster> {
  const user = await findServerUser();
  const password = randomUUID();
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(directory, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const { initdb, postgres } = await findPrograms(directory, user);
  const place = [`--pgdata=${dataIn(directory)}`, `--pwfile=${passwordFile}`];
  const flags = ['--username=shop', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  await run(initdb, [...place, ...flags, '--no-sync'], { ...user, cwd: directory });
  return { directory, port: await findFreePort(), password, postgres, user };
}

function dataIn(directory: string): string {
  return join(directory, 'data');
}

function isRunning(server: ChildProcess | undefined): server is ChildProcess {
  return server?.pid !== undefined && server.exitCode === null && server.signalCode === null;
}

/** Resolves when the server takes connections; rejects with what it said when it ends before. */
async function readiness(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error(said)));
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
      if (said.includes('ready to accept connections')) resolve();
    });
  });
}
