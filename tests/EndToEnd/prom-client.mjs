// prom-client with one metric of each kind. `serve` answers scrapes (text at /metrics, OpenMetrics at /openmetrics) and prints the address it listens on;
// `push URL` calls a Pushgateway: push, pushAdd, delete.
import http from 'node:http';
import client from 'prom-client';

function metricsIn(registry, exemplars) {
  const registers = [registry], counter = { name: 'js_requests_total', help: 'Requests.\nTwo lines.', labelNames: ['path'], registers };
  const requests = new client.Counter(exemplars ? { ...counter, enableExemplars: true } : counter);
  const size = new client.Gauge({ name: 'js_size_bytes', help: 'A size.', registers });
  const histogram = { name: 'js_wait_seconds', help: 'Waits.', buckets: [0.1, 1, 10], registers };
  const wait = new client.Histogram(exemplars ? { ...histogram, enableExemplars: true } : histogram);
  const taken = new client.Summary({ name: 'js_taken_seconds', help: 'Times.', percentiles: [0.5, 0.99], registers });
  if (exemplars) {
    requests.inc({ labels: { path: '/"a"\\b' }, value: 3, exemplarLabels: { trace_id: 'js' } });
    for (const value of [0.05, 0.5, 20]) wait.observe({ value, exemplarLabels: { trace_id: 'js' + value } });
  } else {
    requests.inc({ path: '/"a"\\b' }, 3);
    for (const value of [0.05, 0.5, 20]) wait.observe(value);
  }
  size.set(1.5e10);
  for (let i = 1; i <= 100; i++) taken.observe(i);
  return registry;
}

async function serve() {
  const text = metricsIn(new client.Registry(), false);
  const openMetrics = metricsIn(new client.Registry(client.openMetricsContentType), true);
  client.collectDefaultMetrics({ register: text });
  const server = http.createServer(async (request, response) => {
    const registry = request.url === '/openmetrics' ? openMetrics : text;
    response.setHeader('Content-Type', registry.contentType);
    response.end(await registry.metrics());
  });
  server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${server.address().port}`));
}

async function push(url) {
  const gateway = new client.Pushgateway(url, {}, metricsIn(new client.Registry(), false));
  await gateway.push({ jobName: 'js-batch', groupings: { host: 'a/b' } });
  const more = new client.Registry();
  new client.Gauge({ name: 'js_more', help: 'More.', registers: [more] }).set(7);
  await new client.Pushgateway(url, {}, more).pushAdd({ jobName: 'js-batch', groupings: { host: 'a/b' } });
  await new client.Pushgateway(url, {}, more).push({ jobName: 'js-gone' });
  await new client.Pushgateway(url, {}, more).delete({ jobName: 'js-gone' });
}

await (process.argv[2] === 'serve' ? serve() : push(process.argv[3]));
