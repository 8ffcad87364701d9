// Installs and builds what is missing, and runs the tests; arguments go to vitest.
import { build, installMissing, runInstalled } from './prepare.mjs';

installMissing();
build();
const args = process.argv.slice(2);
const project = args.some((arg) => arg.startsWith('--project')) ? [] : ['--project', 'suite'];
runInstalled('vitest/vitest.mjs', ['run', ...project, ...args]);
