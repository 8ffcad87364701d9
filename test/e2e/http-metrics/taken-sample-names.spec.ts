import { Injectable, Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

const NAME = 'http_request_duration_seconds_count';

@Injectable()
class OwnMetrics {
  constructor(metrics: MetricsRegistry) {
    metrics.counter(NAME, 'By hand').inc(7);
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  providers: [OwnMetrics],
})
class AppModule {}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a metric that is called as a sample of ours is shown instead of ours, with one warning', async () => {
    const { get, log } = await boot(AppModule, platform);
    const text = await (await get('/metrics')).text();

    expect(text.match(/^http_request_duration_seconds.*$/gm)).toEqual([`${NAME} 7`]);
    expect(log.ours('warn').filter((line) => line.includes('http_request'))).toEqual([
      expect.stringContaining('"http_request_duration_seconds"'),
    ]);
  });
});
