// A worker in a process of its own, as a user has it: the built package and plain Node, without HTTP but for the
// management port. Its argument says what it is like; it tells on standard output what happens.
import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { enableGracefulShutdown, ObservabilityModule } from 'nestjs-observability';

const {
  http = false,
  fails = 'never',
  aborts = false,
  graceful = false,
  port = 0,
} = JSON.parse(process.argv[2]);

function say(text) {
  writeSync(1, `${text}\n`);
}

const released = new Promise((resolve) => {
  process.on('message', (message) => message === 'release' && resolve());
});
// Listening to the parent is no reason to live.
process.channel?.unref();

class Queue {
  async onModuleInit() {
    await this.#reach('onModuleInit');
  }

  async onApplicationBootstrap() {
    await this.#reach('onApplicationBootstrap');
  }

  async #reach(hook) {
    if (fails !== hook) return;
    say('waits');
    // What is waited for keeps the process alive, as a connection that is being made does.
    const waiting = setInterval(() => {}, 1_000);
    await released;
    clearInterval(waiting);
    throw new Error('the queue is gone');
  }
}

class AppModule {}
Module({
  imports: [ObservabilityModule.forRoot({ management: { port, host: '127.0.0.1' } })],
  providers: [Queue],
})(AppModule);

const logger = { log: say, warn: say, error: say, fatal: say, debug() {}, verbose() {} };
const settings = { logger, abortOnError: aborts };

async function start() {
  if (!http) return NestFactory.createApplicationContext(AppModule, settings);
  return (await NestFactory.create(AppModule, settings)).init();
}

try {
  const app = await start();
  if (graceful) enableGracefulShutdown(app);
  process.on('message', (message) => message === 'close' && void app.close());
  process.channel?.unref();
  say('open');
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
