import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../../../lib/clock.js';
import type { MetricsRegistry } from '../../../../lib/metrics/metrics.registry.js';
import { makeProcessMetrics } from '../../../../lib/metrics/runtime/process-metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { registryOn } from '../registry-on.js';
import { watchLog } from '../watched-log.js';
import { scrape, seriesOf, valueOf } from './samples.js';

const LINUX_ONLY = [
  'process_virtual_memory_bytes',
  'process_heap_bytes',
  'process_open_fds',
  'process_max_fds',
];

const log = watchLog();

function made(folder?: string, clock: Clock = systemClock): MetricsRegistry {
  const registry = registryOn();
  makeProcessMetrics(registry, clock, folder);
  return registry;
}

/** Until as much is counted as time of the program itself: among neighbours that takes longer. */
function busyFor(ms: number): void {
  for (const start = process.cpuUsage(); process.cpuUsage(start).user < ms * 1_000;);
}

/** A scrape asks one metric after the other, and lets others have the event loop in between. */
async function isWaiting(clock: FakeClock): Promise<void> {
  while (clock.waiting === 0) await new Promise(setImmediate);
}

function readsUnderWay(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'FSReqPromise').length;
}

describe('processor time', () => {
  it('is that of the process since it started, however often it is scraped', async () => {
    const registry = made();
    const before = process.cpuUsage();
    await scrape(registry);
    busyFor(50);
    await scrape(registry);
    const samples = await scrape(registry);
    const after = process.cpuUsage();

    const user = valueOf(samples, 'process_cpu_user_seconds_total');
    const system = valueOf(samples, 'process_cpu_system_seconds_total');
    const total = valueOf(samples, 'process_cpu_seconds_total');
    expect(user).toBeGreaterThan(before.user / 1e6);
    expect(user).toBeLessThanOrEqual(after.user / 1e6 + 1e-6);
    expect(system).toBeGreaterThanOrEqual(before.system / 1e6 - 1e-6);
    expect(system).toBeLessThanOrEqual(after.system / 1e6 + 1e-6);
    // The event loop may have turned since the other two were asked.
    expect(total).toBeGreaterThanOrEqual(user + system - 1e-6);
    expect(total).toBeLessThanOrEqual((after.user + after.system) / 1e6 + 1e-6);
  });
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('memory is told by the kernel', async () => {
    const samples = await scrape(made());

    const resident = valueOf(samples, 'process_resident_memory_bytes');
    const rss = process.memoryUsage.rss();
    expect(resident).toBeGreaterThan(rss / 2);
    expect(resident).toBeLessThan(rss * 2);
    expect(valueOf(samples, 'process_virtual_memory_bytes')).toBeGreaterThan(resident);
    expect(valueOf(samples, 'process_heap_bytes')).toBeGreaterThan(1_024);
  });

  it('a file that is opened counts as one, and those that the scrape opens as none', async () => {
    const registry = made();
    await scrape(registry);
    const before = valueOf(await scrape(registry), 'process_open_fds');
    const files = Array.from({ length: 5 }, () => openSync('/dev/null', 'r'));
    const during = valueOf(await scrape(registry), 'process_open_fds');
    for (const file of files) closeSync(file);

    expect(during - before).toBe(5);
    expect(valueOf(await scrape(registry), 'process_open_fds')).toBe(before);
    // One of those that the list shows is the list's own.
    expect(before).toBe(readdirSync('/proc/self/fd').length - 1);
  });

  it('the limit of open files is that which the shell tells', async () => {
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });

    expect(valueOf(await scrape(made()), 'process_max_fds')).toBe(Number(stdout));
  });
});

it('of the limits the soft one counts, which the process runs into', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proc-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await writeFile(
    join(folder, 'limits'),
    'Limit                     Soft Limit           Hard Limit           Units\n' +
      'Max open files            1024                 4096                 files\n',
  );

  expect(valueOf(await scrape(made(folder)), 'process_max_fds')).toBe(1_024);
});

describe('where nobody tells', () => {
  it('there are no series but of resident memory, which Node knows', async () => {
    const samples = await scrape(made(join(tmpdir(), 'there-is-no-such-folder')));

    expect(LINUX_ONLY.flatMap((name) => seriesOf(samples, name))).toEqual([]);
    expect(valueOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(log.lines).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('files that are not read in time', () => {
  it('hold up no scrape: what was known last is shown, and the next scrape shows what came', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proc-'));
    const status = join(folder, 'status');
    spawnSync('mkfifo', [status]);
    onTestFinished(() => {
      // Lets go whoever still reads, even if the test has failed.
      closeSync(openSync(status, constants.O_RDWR | constants.O_NONBLOCK));
      rmSync(folder, { recursive: true });
    });
    const clock = new FakeClock();
    const registry = made(folder, clock);
    const virtual = 'process_virtual_memory_bytes';

    let isFirstDone = false;
    const first = scrape(registry).finally(() => (isFirstDone = true));
    await isWaiting(clock);
    await clock.advance(499);
    const wasEarly = isFirstDone;
    await clock.advance(1);
    const none = await first;
    const before = readsUnderWay();
    const second = scrape(registry);
    await isWaiting(clock);
    const after = readsUnderWay();
    await writeFile(status, 'VmSize:\t       4 kB\n');
    const known = await second;
    const third = scrape(registry);
    await isWaiting(clock);
    await clock.advance(500);

    expect(wasEarly).toBe(false);
    expect(after).toBe(before);
    expect(seriesOf(none, virtual)).toEqual([]);
    expect(known.get(virtual)).toBe(4_096);
    expect((await third).get(virtual)).toBe(4_096);
    expect(clock.waiting).toBe(0);
  });
});

describe('what never changes', () => {
  it('the start is told in seconds since 1970', async () => {
    const started = Date.now() / 1_000 - process.uptime();
    const told = valueOf(await scrape(made()), 'process_start_time_seconds');

    expect(Math.abs(told - started)).toBeLessThan(2);
    expect(Number.isInteger(told)).toBe(true);
  });

  it('the version of Node stands in labels, as a whole and in parts', async () => {
    const [major, minor, patch] = process.versions.node.split('.');

    expect(
      (await scrape(made())).get(
        `nodejs_version_info{version="${process.version}",major="${major}",minor="${minor}",patch="${patch}"}`,
      ),
    ).toBe(1);
  });
});
