import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { resolveCheckOptions } from '../../lib/health/health-check.options.js';
import { resolveOptions } from '../../lib/resolve-options.js';
import {
  DEFAULT_DRAIN_MS,
  DEFAULT_FORCE_EXIT_MS,
} from '../../lib/shutdown/enable-graceful-shutdown.js';
import { boot } from '../support/boot.js';
import { Page, PAGES, README, ROOT } from './documents.js';

const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
  'name' | 'scripts' | 'overrides' | 'peerDependencies',
  Record<string, unknown> & string
>;

const blocks = (language: string): string[] => README.blocks(language);
const table = (heading: string): string[][] => README.table(heading);

describe('on all pages', () => {
  it('every link leads to a file, and to a part that it has', () => {
    const links = PAGES.flatMap((page) =>
      [...page.text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(
        ([, file = '', part]) => ({
          path: file === '' ? page.path : join(dirname(page.path), file),
          part,
        }),
      ),
    );
    const broken = links.filter(
      ({ path, part }) =>
        !existsSync(join(ROOT, path)) ||
        (part !== undefined && !new Page(path).anchors().includes(part)),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });

  it('every TypeScript snippet compiles, strictly', () => {
    // Inside the repository but outside node_modules, so that the package can be imported by its own name.
    const folder = join(ROOT, 'dist/readme');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const files = PAGES.flatMap((page) =>
      page.blocks('ts').map((code, index) => {
        const file = join(folder, `${page.path.replaceAll('/', '-')}-${index}.ts`);
        writeFileSync(file, code);
        return file;
      }),
    );
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) =>
      ts.sys.readFile(file),
    ) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
    const program = ts.createProgram(files, {
      ...options,
      noEmit: true,
      noUnusedLocals: false,
      rootDir: ROOT,
    });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    expect(files.length).toBeGreaterThan(20);
    expect(problems).toEqual([]);
  });
});

describe('in the README', () => {
  it('every command is one that the repository has', () => {
    const commands = blocks('sh').join('');
    for (const [, script] of commands.matchAll(/^npm (start|test|run \S+)/gm)) {
      expect(MANIFEST.scripts).toHaveProperty(String(script).replace('run ', ''));
    }
    for (const [, name] of commands.matchAll(/^npm install (\S+)/gm)) {
      expect([MANIFEST.name, ...Object.keys(MANIFEST.peerDependencies)]).toContain(name);
    }
    expect(commands).toContain('npm start');
  });

  it('the overrides are those that this repository itself is installed with', () => {
    const snippet = blocks('json').map((code) => JSON.parse(code) as Record<string, unknown>);
    const { overrides } = snippet.find((json) => 'overrides' in json) ?? {};
    expect(MANIFEST.overrides).toMatchObject(overrides as object);
  });

  it('the body of /health has the keys that the route gives', async () => {
    const shown = blocks('json')
      .map((code) => JSON.parse(code) as { checks?: object[] })
      .find((json) => json.checks);
    const { app, get } = await boot({
      module: class App {},
      imports: [ObservabilityModule.forRoot()],
    });
    app.get(HealthRegistry).registerCheck('database', () => {});
    const real = (await (await get('/health')).json()) as { checks: object[] };
    expect(Object.keys(shown ?? {})).toEqual(Object.keys(real));
    expect(Object.keys(shown?.checks?.[0] ?? {})).toEqual(Object.keys(real.checks[0] ?? {}));
  });

  it('the manifests ask for routes that answer, on ports that exist', async () => {
    const { get } = await boot({ module: class App {}, imports: [ObservabilityModule.forRoot()] });
    const [deployment, service, monitor] = parseAllDocuments(blocks('yaml').join('---\n')).map(
      (document) => {
        expect(document.errors).toEqual([]);
        return document.toJS() as Manifest;
      },
    );
    const [container] = deployment?.spec.template?.spec.containers ?? [];
    const ports = container?.ports.map(({ name }) => name);
    for (const probe of [
      container?.startupProbe,
      container?.livenessProbe,
      container?.readinessProbe,
    ]) {
      expect((await get(probe?.httpGet.path ?? '')).status).toBe(200);
      expect(ports).toContain(probe?.httpGet.port);
    }
    expect(ports).toContain(service?.spec.ports?.[0]?.targetPort);
    const [endpoint] = monitor?.spec.endpoints ?? [];
    expect(endpoint?.port).toBe(service?.spec.ports?.[0]?.name);
    expect((await get(endpoint?.path ?? '')).status).toBe(200);
    expect(service?.spec.selector).toEqual(deployment?.spec.template?.metadata.labels);
    expect(monitor?.spec.selector).toEqual({ matchLabels: service?.metadata.labels });
  });
});

describe('the table of', () => {
  it('options names every option, with its default', () => {
    const { sentry, sentryDefaults, sentryReports, ...known } = resolveOptions({}, {});
    const { captureHttpStatus, ...reports } = sentryReports;
    expect([499, 500].map((status) => captureHttpStatus(status, undefined))).toEqual([false, true]);
    expect([sentry, sentryDefaults]).toEqual([
      { environment: known.environment, dsn: undefined },
      { environment: known.environment },
    ]);
    const withHttp = resolveOptions({ metrics: { http: true } }, {}).metrics.http;
    const rows = table('option').filter(([option]) => !option?.endsWith('…'));
    expect(Object.fromEntries(rows.map(([option, value]) => [option, value]))).toEqual({
      isGlobal: String(ObservabilityModule.forRoot().global),
      // Without controllers the routes stand in front.
      pipeline: ObservabilityModule.forRoot().controllers?.length === 0 ? "'front'" : "'nest'",
      ...shownDefaults(known),
      'metrics.http': String(isDeepStrictEqual(withHttp, known.metrics.http)),
      'metrics.http.buckets': "prom-client's",
      // Not resolved by this module: they are none, or the SDK finds them.
      'sentry.dsn': 'none',
      'sentry.environment': 'environment',
      'sentry.release': "the SDK's",
      'sentry.tracesSampleRate': 'none',
      'sentry.captureHttpStatus': '500 and above',
      ...shownDefaults(reports, 'sentry.'),
    });
  });

  it('options names variables that are read', () => {
    const samples: Record<string, string> = {
      ENVIRONMENT: 'x',
      ENABLE_METRICS: 'yes',
      SENTRY_DSN: 'https://k@sentry.example.com/1',
      SENTRY_RELEASE: 'x',
      SENTRY_TRACES_SAMPLE_RATE: '1',
      FLOWER_URL: 'http://x',
      GRAFANA_URL: 'http://x',
      PROMETHEUS_URL: 'http://x',
    };
    const named = table('option').flatMap(([, , variable]) => (variable ? [variable] : []));
    expect(named.toSorted()).toEqual(Object.keys(samples).toSorted());
    for (const name of named) {
      const withIt = resolveOptions(
        {},
        { SENTRY_DSN: samples['SENTRY_DSN'], [name]: samples[name] },
      );
      const without = resolveOptions(
        {},
        name === 'SENTRY_DSN' ? {} : { SENTRY_DSN: samples['SENTRY_DSN'] },
      );
      expect(withIt, name).not.toEqual(without);
    }
  });

  it('check options names every option with its default', () => {
    const defaults = resolveCheckOptions({}, resolveOptions({}, {}).health);
    const rows = table('check option').map(([option, value]) => [option, value]);
    expect(Object.fromEntries(rows)).toEqual({
      timeoutMs: String(defaults.timeoutMs),
      cacheMs: String(defaults.cacheMs),
      intervalMs: defaults.intervalMs === undefined ? 'none' : String(defaults.intervalMs),
      critical: String(defaults.critical),
      probes: JSON.stringify(defaults.probes).replaceAll('"', "'"),
      failureThreshold: String(defaults.failureThreshold),
      successThreshold: String(defaults.successThreshold),
    });
  });

  it('shutdown options names each, with its default', () => {
    const rows = table('shutdown option').map(([option, value]) => [option, value]);
    expect(Object.fromEntries(rows)).toEqual({
      drainMs: String(DEFAULT_DRAIN_MS),
      forceExitMs: String(DEFAULT_FORCE_EXIT_MS),
    });
  });

  it('routes names the five that answer', async () => {
    const { get } = await boot({ module: class App {}, imports: [ObservabilityModule.forRoot()] });
    const paths = table('route').map(([route]) => String(route).replace('GET ', ''));
    expect(paths).toEqual([
      '/health',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/health/tools',
    ]);
    const codes = await Promise.all(paths.map(async (path) => (await get(path)).status));
    expect(codes).toEqual([200, 200, 200, 200, 200]);
  });
});

/** The defaults, by the path of each option, as the README writes them. */
function shownDefaults(options: object, path = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(options).map(([key, value]: [string, unknown]) => {
      const name = `${path}${key}`;
      if (name === 'health.statusCodes') {
        return { [name]: `all ${[...new Set(Object.values(value as object))].join()}` };
      }
      const isSection =
        typeof value === 'object' && value !== null && Object.keys(value).length > 0;
      if (isSection) return shownDefaults(value, `${name}.`);
      if (value === undefined) return { [name]: 'none' };
      return { [name]: typeof value === 'string' ? `'${value}'` : JSON.stringify(value) };
    }),
  ) as Record<string, string>;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

/** The parts of the manifests that are looked at. */
interface Manifest {
  readonly metadata: { readonly labels?: object };
  readonly spec: {
    readonly selector?: object;
    readonly ports?: readonly { readonly name: string; readonly targetPort: string }[];
    readonly endpoints?: readonly { readonly port: string; readonly path: string }[];
    readonly template?: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly containers: readonly {
          readonly ports: readonly { readonly name: string }[];
          readonly startupProbe: Probe;
          readonly livenessProbe: Probe;
          readonly readinessProbe: Probe;
        }[];
      };
    };
  };
}
