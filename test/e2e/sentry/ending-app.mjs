// An application in a process of its own, as a user has it: the built package, plain Node, the DSN in the environment.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, SentryService } from 'nestjs-observability';

/** Captures at the last moment: what it captures is still waiting to be sent when the application ends. */
class LastWords {
  constructor(sentry) {
    this.sentry = sentry;
  }

  beforeApplicationShutdown() {
    const eventIds = [1, 2, 3].map((n) => this.sentry.captureException(new Error(`last ${n}`)));
    process.stdout.write(`${JSON.stringify({ eventIds })}\n`);
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
if (process.argv[2] === 'close') await app.close();
else if (process.argv[2] === 'rejection') void Promise.reject(new Error('nobody handles it'));
else process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
