import { expect, it } from 'vitest';
import { expositionFormat, prefersGzip } from '../../../lib/endpoints/scrape-preference.js';

const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

it.each([
  // Prometheus 2.42, 2.49, 3.0, 3.15, and 3 with native histograms
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=0.0.1;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3',
  `${PROTOBUF};q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
  // Prometheus 2.5 to 2.28
  'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'application/openmetrics-text',
  'Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.001',
  'application/openmetrics-text;q=0.5',
  'application/openmetrics-text, */*',
  'application/openmetrics-text;q=0.5, text/*;q=0.5, */*;q=0.9',
  '*/*, application/openmetrics-text;charset=utf-8',
  'application/openmetrics-text, text/plain;q=nonsense',
  'application/openmetrics-text;version=2.0.0, application/openmetrics-text;version=1.0.0;q=0.5, text/plain;q=0.4',
  'application/openmetrics-text;q=0.5, text/plain;version=1.0.0',
])('“%s” asks for OpenMetrics', (accept) => {
  expect(expositionFormat(accept)).toBe('openmetrics');
});

it.each([
  undefined,
  '',
  // curl, a browser, `fetch`
  '*/*',
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'application/json, text/plain, */*',
  // Prometheus 3.14 that is told to ask for text first
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.3',
  // Prometheus 1, and others that know no OpenMetrics
  `${PROTOBUF};q=0.7,text/plain;version=0.0.4;q=0.3,application/json;schema="prometheus/telemetry";version=0.0.2;q=0.2,*/*;q=0.1`,
  'text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'application/openmetrics-text, text/plain',
  'text/plain, application/openmetrics-text',
  'application/openmetrics-text;q=0.5, text/plain;q=0.5, */*;q=0.1',
  'application/openmetrics-text;q=0.4, */*;q=0.5',
  'application/openmetrics-text;q=0.4, text/*;q=0.5',
  'application/openmetrics-text;q=0',
  'application/openmetrics-text;q=0, text/plain;q=0',
  'application/openmetrics-text;q=2',
  'application/openmetrics-text;version=0.0.2',
  'application/openmetrics-text;version=2.0.0, text/plain;q=0.1',
  'application/*',
  'application/openmetrics',
  'x-application/openmetrics-text',
  PROTOBUF,
  ',;,;;q=1,=,"',
])('“%s” asks for the text format', (accept) => {
  expect(expositionFormat(accept)).toBe('prometheus');
});

it.each([
  'gzip',
  'GZip',
  'x-gzip',
  'gzip, deflate, br, zstd',
  'br;q=1.0, gzip;q=0.8, *;q=0.1',
  '*',
  'gzip;q=0.001',
  'gzip, identity',
  'identity;q=0.5, *;q=0.5',
  'identity;q=0, gzip',
  'gzip;q=0, gzip;q=1',
])('“%s” asks for gzip', (acceptEncoding) => {
  expect(prefersGzip(acceptEncoding)).toBe(true);
});

it.each([
  undefined,
  '',
  'identity',
  'deflate, br',
  'gzip;q=0',
  'gzip;q=0.000, *',
  '*;q=0',
  'identity, gzip;q=0.5',
  'identity, *;q=0.5',
  'identity;q=0',
  'gzip;q=nonsense',
  'gzipped',
])('“%s” does not ask for gzip', (acceptEncoding) => {
  expect(prefersGzip(acceptEncoding)).toBe(false);
});

it('headers of sixteen kilobytes are read to their end', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => `x/y${at};q=0.5`).join(',');
  expect(expositionFormat(`${many},application/openmetrics-text`)).toBe('openmetrics');
  expect(prefersGzip(`${','.repeat(16_000)}gzip`)).toBe(true);
});
