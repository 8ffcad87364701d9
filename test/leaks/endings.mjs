// Leaves something behind, named by the argument, and says what it saw; the process must then end by itself.
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';

const hangs = () => new Promise(() => {});

function registerChecks(registry) {
  registry.registerCheck('hangs', hangs, { timeoutMs: 1 });
  registry.registerCheck('hangs-in-background', hangs, { timeoutMs: 1, intervalMs: 1 });
  registry.registerCheck('works-in-background', () => {}, { intervalMs: 1 });
}

class App {}
Module({
  imports: [ObservabilityModule.forRoot()],
  providers: [{ provide: 'checks', inject: [HealthRegistry], useFactory: registerChecks }],
})(App);

/** What is to be left behind. @returns what holds the checks. */
const SITUATIONS = {
  async hangingCheck() {
    const registry = new HealthRegistry();
    registry.registerCheck('hangs', hangs, { timeoutMs: 1 });
    return registry;
  },

  async backgroundRuns() {
    const registry = new HealthRegistry();
    // Background runs do not keep the process alive, not even for what this program waits for.
    const alive = setInterval(() => {}, 1_000);
    await new Promise((resolve) => {
      let runs = 0;
      const check = () => ++runs === 3 && resolve();
      registry.registerCheck('works', () => void check(), { intervalMs: 1 });
      registry.registerCheck('hangs', hangs, { timeoutMs: 1, intervalMs: 1 });
      registry.startBackground();
    });
    clearInterval(alive);
    return registry;
  },

  async applicationContext() {
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    return app.get(HealthRegistry);
  },

  async applicationThatNeverListens() {
    const app = await NestFactory.create(App, { logger: false });
    await app.init();
    return app.get(HealthRegistry);
  },

  async applicationThatHasClosed() {
    const app = await NestFactory.create(App, { logger: false });
    await app.listen(0, '127.0.0.1');
    await app.get(HealthRegistry).run();
    await app.close();
    return app.get(HealthRegistry);
  },
};

Logger.overrideLogger(false);
const registry = await SITUATIONS[process.argv[2]]();
const { checks } = await registry.run();
process.stdout.write(checks.map(({ name, status }) => `${name} is ${status}`).join(', '));
