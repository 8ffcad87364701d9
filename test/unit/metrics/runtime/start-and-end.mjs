// Starts the runtime metrics of two applications, stops those of one, and has nothing more to do.
import promClient from 'prom-client';
import { MetricsRegistry } from '../../../../dist/lib/metrics/metrics.registry.js';
import { RuntimeMetrics } from '../../../../dist/lib/metrics/runtime/runtime-metrics.js';

const [one, other] = [1, 2].map(() => new RuntimeMetrics(new MetricsRegistry(promClient)));
one.start();
other.start();
one.stop();
process.on('exit', () => process.stdout.write('ended by itself\n'));
