// OpenTelemetry's SDK for JavaScript, which exports JSON: `node otlp-client.mjs URL cumulative|delta` records twice and exports after each time.
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AggregationTemporalityPreference, OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';

const [url, temporality] = process.argv.slice(2);
let failures = 0;
const log = new DiagConsoleLogger();
diag.setLogger({ ...log, error: (...args) => { failures++; log.error(...args); } }, DiagLogLevel.WARN);

const exporter = new OTLPMetricExporter({
  url,
  compression: 'gzip',
  temporalityPreference: temporality === 'delta' ? AggregationTemporalityPreference.DELTA : AggregationTemporalityPreference.CUMULATIVE,
});
const provider = new MeterProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop', 'service.namespace': 'eu', 'service.instance.id': 'i1', 'service.version': '9' }),
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 })],
  views: [{ instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
});
const meter = provider.getMeter('senders', '1.2');
const requests = meter.createCounter('http.requests', { unit: '{request}', description: 'Requests.' });
const depth = meter.createUpDownCounter('queue.depth', { unit: 'By' });
const wait = meter.createHistogram('wait', { unit: 's' });
const size = meter.createHistogram('size', { unit: 'By' });
meter.createObservableGauge('temperature', { unit: 'Cel' }).addCallback((result) => result.observe(21.5));
for (let round = 0; round < 2; round++) {
  requests.add(3, { 'http.route': '/a' });
  depth.add(2.5);
  for (const value of [0.004, 0.3, 40]) {
    wait.record(value);
    size.record(value);
  }
  await provider.forceFlush();
}
await provider.shutdown();
process.exit(failures === 0 ? 0 : 1);
