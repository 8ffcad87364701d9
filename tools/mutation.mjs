// Changes the parts that judge health, one place at a time, and shows which changes no test has noticed: in a copy of the
// tree, with Stryker installed there, which nothing else needs. File names as arguments mutate these instead.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const STRYKER = ['@stryker-mutator/core@9.0.1', '@stryker-mutator/vitest-runner@9.0.1'];

const JUDGES = ['health.outcome', 'health.report', 'registered-check', 'severity', 'status-judge'];

const SPECS = 'background,cache,event-loop,outcome,registry,signal,terminus,thresholds,transitions';

const files = process.argv.slice(2);

const settings = {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.ts' },
  coverageAnalysis: 'perTest',
  // It reads decorators and template types as errors.
  disableTypeChecks: false,
  mutate: files.length > 0 ? files : JUDGES.map((file) => `lib/health/${file}.ts`),
  reporters: ['clear-text'],
  clearTextReporter: { logTests: false },
};

const vitestConfig = `
import { defineConfig } from 'vitest/config';
const replacement = \`\${import.meta.dirname}/lib/index.ts\`;
export default defineConfig({
  resolve: { alias: [{ find: /^nestjs-observability$/, replacement }] },
  test: {
    include: ['test/unit/health/{${SPECS}}.spec.ts'],
    setupFiles: ['test/support/setup.ts'],
  },
});
`;

const copy = mkdtempSync(join(tmpdir(), 'mutation-'));

function run(command, args) {
  const shell = process.platform === 'win32';
  const { status } = spawnSync(command, args, { cwd: copy, stdio: 'inherit', shell });
  if (status !== 0) process.exit(status ?? 1);
}

console.log(`In ${copy}`);
for (const name of [
  'lib',
  'test',
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.json',
]) {
  cpSync(join(root, name), join(copy, name), { recursive: true });
}
writeFileSync(join(copy, 'stryker.config.json'), JSON.stringify(settings));
writeFileSync(join(copy, 'vitest.mutation.ts'), vitestConfig);
run('npm', ['install', '--ignore-scripts', '--save-dev', ...STRYKER]);
run('npx', ['stryker', 'run']);
