// An application in a process of its own, as a user has it: the built package, plain Node, the DSN in the environment.
// Arguments: how it ends, and the event of the process to which the application itself listens.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, SentryService } from 'nestjs-observability';

const [, , end, event] = process.argv;
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/** Captures at the last moment: what it captures is still waiting to be sent when the application ends. */
class LastWords {
  constructor(sentry) {
    this.sentry = sentry;
  }

  beforeApplicationShutdown() {
    if (event !== undefined) return;
    say({ eventIds: [1, 2, 3].map((n) => this.sentry.captureException(new Error(`last ${n}`))) });
  }
}

class AppModule {}
Module({
  imports: [ObservabilityModule.forRoot()],
  providers: [
    { provide: LastWords, inject: [SentryService], useFactory: (sentry) => new LastWords(sentry) },
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');

/** Goes on for a while, in which whatever wants to end the process can do so, and closes. */
async function hear({ name }) {
  if (event === 'warning' && name !== 'UnhandledPromiseRejectionWarning') return;
  say({ heard: event });
  await app.get(SentryService).flush();
  await fetch(`${await app.getUrl()}/health/live`);
  await app.close();
  say({ closed: true });
}
if (event !== undefined) process.on(event, (what) => void hear(what));

const ENDS = {
  close: () => app.close(),
  signal: () => say({ ready: true }),
  rejection: () => void Promise.reject(new Error('nobody handles it')),
  rejectionOfText: () => void Promise.reject('nobody handles it'),
  rejectionOfAbort: () =>
    void Promise.reject(Object.assign(new Error('nobody handles it'), { name: 'AbortError' })),
  exception: () =>
    setImmediate(() => {
      throw new Error('nobody handles it');
    }),
};
await ENDS[end]();
