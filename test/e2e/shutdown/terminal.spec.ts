import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { ENDLESS, PROGRAM, Story, type Situation } from './stopping-app.js';

it.runIf(process.platform === 'linux')('Ctrl-C in a terminal does not wait', async () => {
  const situation: Situation = { options: ENDLESS };
  const command = `exec ${process.execPath} ${PROGRAM} '${JSON.stringify(situation)}'`;
  // Gives the command a terminal of its own, and types what it reads.
  const terminal = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], SHELL: '/bin/sh' },
  });
  const end = once(terminal, 'close');
  const story = new Story(terminal.stdout);
  onTestFinished(() => void terminal.kill('SIGKILL'));
  await story.tells('open');
  terminal.stdin.write('\u0003');

  await story.tells('signal', 'SIGINT');
  expect(await end).toEqual([0, null]);
  expect(story.hooks()).toHaveLength(4);
});
