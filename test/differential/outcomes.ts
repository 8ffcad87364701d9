import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import {
  degraded,
  HealthCheck,
  ObservabilityModule,
  type HealthCheckReturn,
} from 'nestjs-observability';
import { bootError } from '../support/boot.js';
import { bootOurs, bootTerminus } from './applications.js';
import { askOurs, askTerminus, type Answer } from './answers.js';
import { situation } from './situation.js';

export const degradedInTime = situation({
  title: 'A check that has a deadline says that it is degraded',
  say: ({ probe, status }) => `the probe gets ${probe}, the check is ${status}`,
  known: {
    terminus: { probe: 500, status: 'lost' },
    ours: { probe: 200, status: 'degraded' },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [
        own
          .check('db')
          .attempt(() => ({ status: 'degraded', message: 'the replica lags' }))
          .withTimeout(500),
      ],
    });
    return probeAndStatus(await askTerminus(app));
  },
  ours: async () => {
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', () => degraded('the replica lags'), { timeoutMs: 500 });
    });
    return probeAndStatus(await askOurs(app));
  },
});

const probeAndStatus = (answer: Answer) => ({
  probe: answer.probe,
  status: answer.statusOf('db'),
});

@Injectable()
class Primary {
  @HealthCheck('db')
  check(): void {}
}

@Injectable()
class Replica {
  @HealthCheck('db')
  check(): void {}
}

export const oneName = situation({
  title: 'Two checks have one name',
  say: ({ boots, told }) =>
    boots
      ? `boots; one answer says ${told.join(' and ')} of that name`
      : `does not boot; the error names ${told.join(' and ')}`,
  known: {
    terminus: { boots: true, told: ['up', 'down'] },
    ours: { boots: false, told: ['Primary.check', 'Replica.check'] },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [() => own.check('db').up(), () => own.check('db').down()],
    });
    const { info, error } = (await (await app.get('/health/ready')).json()) as Record<
      'info' | 'error',
      HealthIndicatorResult
    >;
    const told = [info['db']?.status, error['db']?.status];
    return { boots: true, told: told.filter((status) => status !== undefined) };
  },
  ours: async () => {
    const message = await bootError({
      module: class AppModule {},
      imports: [ObservabilityModule.forRoot()],
      providers: [Primary, Replica],
    });
    const owners = ['Primary.check', 'Replica.check'];
    return {
      boots: message === 'the application started',
      told: owners.filter((owner) => message.includes(owner)),
    };
  },
});

const unknownStatus = () => ({ db: { status: 'outage' } });

export const noSuchStatus = situation({
  title: 'A check returns a status that does not exist',
  say: ({ probe, overall, status }) =>
    `the probe gets ${probe}, the whole is ${overall}, the check is ${status}`,
  known: {
    terminus: { probe: 200, overall: 'ok', status: 'lost' },
    ours: { probe: 503, overall: 'unhealthy', status: 'unhealthy' },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: () => [() => unknownStatus() as unknown as HealthIndicatorResult],
    });
    return withOverall(await askTerminus(app));
  },
  ours: async () => {
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', () => unknownStatus() as unknown as HealthCheckReturn);
    });
    return withOverall(await askOurs(app));
  },
});

const withOverall = (answer: Answer) => ({ ...probeAndStatus(answer), overall: answer.overall });

export const noChecks = situation({
  title: 'Nothing is checked at all',
  say: ({ probe, overall, warnings }) =>
    `the probe gets ${probe}, the whole is ${overall}, warnings at boot: ${warnings}`,
  known: {
    terminus: { probe: 200, overall: 'ok', warnings: 0 },
    ours: { probe: 200, overall: 'healthy', warnings: 1 },
  },
  terminus: async () => {
    const app = await bootTerminus({ ready: () => [] });
    const { probe, overall } = await askTerminus(app);
    return { probe, overall, warnings: warningsOf(app.log.lines) };
  },
  ours: async () => {
    const app = await bootOurs(() => {});
    const { probe, overall } = await askOurs(app);
    return { probe, overall, warnings: warningsOf(app.log.lines) };
  },
});

const warningsOf = (lines: readonly { readonly level: string }[]): number =>
  lines.filter(({ level }) => level === 'warn').length;
