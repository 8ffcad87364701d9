import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BootedApp } from '../support/boot.js';
import { Gate } from '../support/gate.js';
import { bootOurs, bootTerminus, Indicators } from './applications.js';
import { askOurs, askTerminus, type Answer } from './answers.js';
import { situation } from './situation.js';

/** More than twice the default deadline of a check of ours. */
const PATIENCE_MS = 2_000;

export const neverSettles = situation({
  title: 'A check never settles, and nobody has thought of a deadline; another is well',
  say: ({ inTime, hanging, well }) =>
    inTime
      ? `answers while the check hangs; that one is ${hanging}, the other ${well}`
      : 'no answer for as long as the check hangs',
  known: {
    terminus: { inTime: false, hanging: 'up', well: 'up' },
    ours: { inTime: true, hanging: 'unhealthy', well: 'healthy' },
  },
  terminus: async () => {
    const gate = new Gate();
    const app = await bootTerminus({
      ready: ({ own }) => [
        async () => {
          await gate.opened;
          return own.check('hanging').up();
        },
        () => own.check('well').up(),
      ],
    });
    return askPatiently(() => askTerminus(app), gate);
  },
  ours: async () => {
    const gate = new Gate();
    const app = await bootOurs((registry) => {
      registry.registerCheck('hanging', () => gate.opened);
      registry.registerCheck('well', () => {});
    });
    return askPatiently(() => askOurs(app), gate);
  },
});

/** Lets the check settle in the end, so that the application can close. */
async function askPatiently(ask: () => Promise<Answer>, gate: Gate) {
  const asked = ask();
  const inTime = await Promise.race([asked.then(() => true), delay(PATIENCE_MS, false)]);
  gate.open();
  const answer = await asked;
  return { inTime, hanging: answer.statusOf('hanging'), well: answer.statusOf('well') };
}

const PROBES = 10;

const DEADLINE_MS = 30;

/** A database client that never gets an answer, and counts the queries that wait for one. */
class SilentDatabase {
  pending = 0;

  readonly $runCommandRaw = () => this.query();

  query(): Promise<void> {
    this.pending += 1;
    return new Promise(() => {});
  }
}

export const leftBehind = situation({
  title: `The database does not answer any more, and a check of it has a deadline; ${PROBES} probes in turn`,
  say: ({ own, indicator }) =>
    `queries left pending: ${own}, through the Prisma indicator of Terminus ${indicator}`,
  known: {
    terminus: { own: 10, indicator: 10 },
    // The indicator gives up by itself, and nobody can see what it leaves behind.
    ours: { own: 1, indicator: 10 },
  },
  terminus: async () => {
    const [own, indicator] = [new SilentDatabase(), new SilentDatabase()];
    const app = await bootTerminus({
      ready: (indicators) => [
        indicators.own
          .check('own')
          .attempt(() => own.query())
          .withTimeout(DEADLINE_MS),
        indicators.prisma.pingCheck('indicator', indicator).withTimeout(DEADLINE_MS),
      ],
    });
    await probeInTurn(app);
    return { own: own.pending, indicator: indicator.pending };
  },
  ours: async () => {
    const [own, indicator] = [new SilentDatabase(), new SilentDatabase()];
    const app = await bootOurs(() => {});
    const { prisma } = app.app.get(Indicators);
    app.registry.registerCheck('own', () => own.query(), { timeoutMs: DEADLINE_MS });
    app.registry.registerCheck('indicator', () =>
      prisma.pingCheck('indicator', indicator).withTimeout(DEADLINE_MS),
    );
    await probeInTurn(app);
    return { own: own.pending, indicator: indicator.pending };
  },
});

async function probeInTurn(app: BootedApp): Promise<void> {
  for (let probe = 0; probe < PROBES; probe += 1) await app.get('/health/ready');
}

export const holdsTheLoop = situation({
  title: 'A check with a deadline of 50 ms holds the event loop for 200 ms',
  say: ({ status, blamed }) =>
    `the check is ${status}${blamed ? ', and the message says that it held the event loop' : ''}`,
  known: {
    terminus: { status: 'up', blamed: false },
    ours: { status: 'unhealthy', blamed: true },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [own.check('busy').attempt(holdTheLoop).withTimeout(50)],
    });
    return blameIn(await askTerminus(app));
  },
  ours: async () => {
    const app = await bootOurs((registry) => {
      registry.registerCheck('busy', holdTheLoop, { timeoutMs: 50 });
    });
    return blameIn(await askOurs(app));
  },
});

const blameIn = (answer: Answer) => ({
  status: answer.statusOf('busy'),
  blamed: answer.messageOf('busy').includes('held the event loop'),
});

function holdTheLoop(): void {
  const end = performance.now() + 200;
  while (performance.now() < end);
}

export const nothingElseToDo = situation({
  title: 'A script without HTTP asks for a check that never settles, with a deadline of 50 ms',
  say: ({ code, said }) =>
    `the process ends with code ${code} and ${said === '' ? 'says nothing' : `says "${said}"`}`,
  known: {
    terminus: { code: 13, said: '' },
    ours: { code: 0, said: 'unhealthy' },
  },
  terminus: () => runScript('terminus-script.mjs'),
  ours: () => runScript('our-script.mjs'),
});

/** In a process of its own: here something else keeps the event loop alive. */
function runScript(name: string): Promise<{ code: number; said: string }> {
  const script = join(import.meta.dirname, name);
  const env = { PATH: process.env['PATH'] };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script], { env }, (_error, said) =>
      resolve({ code: child.exitCode ?? -1, said }),
    );
  });
}
