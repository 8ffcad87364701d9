import { EventEmitter, once } from 'node:events';
import { LazyModuleLoader } from '@nestjs/core';
import { expect, it } from 'vitest';
import {
  Client,
  CopycatModule,
  EagerModule,
  ReportsModule,
  SlowModule,
} from '../../fixtures/lazy.js';
import { answers, start } from './start.js';

const EAGER = { eager: 'healthy: from the start' };

it('The checks of a module loaded lazily are there at the next run', async () => {
  const { app, registry } = await start(EagerModule);
  expect(await answers(registry)).toEqual(EAGER);

  await app.get(LazyModuleLoader).load(() => ReportsModule);

  expect(await answers(registry)).toEqual({
    ...EAGER,
    reports: 'healthy: loaded',
    'module:reports': 'healthy',
  });
});

it('A single check of a module loaded lazily can be run at once', async () => {
  const { app, registry } = await start(EagerModule);
  await app.get(LazyModuleLoader).load(() => ReportsModule);

  expect(await registry.runCheck('reports')).toMatchObject({ status: 'healthy' });
});

it('A provider that is still being built is left alone until it is ready', async () => {
  const { app, registry } = await start(EagerModule);
  const events = new EventEmitter();
  const slow = SlowModule.connectedBy(async () => {
    events.emit('connecting');
    await once(events, 'connected');
    return new Client('connected');
  });
  const connecting = once(events, 'connecting');
  const loading = app.get(LazyModuleLoader).load(() => slow);
  await connecting;

  const before = await answers(registry);
  events.emit('connected');
  await loading;
  const after = await answers(registry);

  expect(before).toEqual(EAGER);
  expect(after).toEqual({ ...EAGER, client: 'healthy: connected' });
});

it('A name that is taken leaves the first check in place and is logged once', async () => {
  const { app, registry, log } = await start(EagerModule);
  await app.get(LazyModuleLoader).load(() => CopycatModule);

  expect(await answers(registry)).toEqual({ ...EAGER, copycat: 'healthy: intact' });

  await app.get(LazyModuleLoader).load(() => ReportsModule);
  await registry.run();

  expect(log.ours('error')).toEqual([
    expect.stringMatching(
      /left out: .*"eager".*EagerModule \/ EagerHealth\.check.*CopycatModule \/ CopycatHealth\.check/,
    ),
  ]);
});
