import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..');

/** Runs a command in the root, showing what it says; ends this process when the command fails. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a program of an installed package. */
export function runInstalled(file, args) {
  run(process.execPath, [join(root, 'node_modules', file), ...args]);
}

/** Installs the dependencies where they are missing or are not those of the lock file. */
export function installMissing() {
  if (isInstalled()) return;
  console.log('Installing dependencies …');
  run('npm', ['ci']);
}

/** Its time is that of the last build that succeeded. */
const BUILT = join(root, 'dist/.built');

/** Compiles the package and the sample application, if anything has changed since the last time. */
export function build() {
  if (isBuilt()) return;
  // From nothing, so that no file whose source is gone gets into the package.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  runInstalled('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  writeFileSync(BUILT, '');
}

function isBuilt() {
  if (!existsSync(BUILT)) return false;
  // Folders too: the time of a folder tells that a file in it has gone.
  const sources = ['lib', 'sample-app'].flatMap((folder) => [
    folder,
    ...readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)),
  ]);
  const inputs = [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  const builtMs = statSync(BUILT).mtimeMs;
  return inputs.every((file) => statSync(join(root, file)).mtimeMs <= builtMs);
}

/** npm keeps in node_modules a copy of the lock file that it installed from, without the root package. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(installed) && versionsIn(installed) === versionsIn(join(root, 'package-lock.json'))
  );
}

/** What a lock file pins, apart from what is only for other platforms. */
function versionsIn(lockFile) {
  return Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages)
    .filter(([path, { optional }]) => path !== '' && !optional)
    .map(([path, { version }]) => `${path}@${version}`)
    .toSorted()
    .join();
}
