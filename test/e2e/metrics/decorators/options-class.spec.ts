import { Injectable, Module } from '@nestjs/common';
import {
  Counted,
  ObservabilityModule,
  type ObservabilityModuleOptions,
  type ObservabilityOptionsFactory,
} from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn } from './calls.js';

@Injectable()
class Settings implements ObservabilityOptionsFactory {
  @Counted()
  read(): boolean {
    return true;
  }

  @Counted()
  createObservabilityOptions(): ObservabilityModuleOptions {
    return { metrics: { enabled: this.read() } };
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Module({
  imports: [ObservabilityModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings })],
})
class AppModule {}

it('What the options of the module come from can be counted, once there are metrics', async () => {
  const { app } = await boot(AppModule);
  app.get(Settings, { strict: false }).read();

  expect(await callsIn(app)).toEqual({ 'Settings.read success': 1 });
});
