import type { Plugin } from 'vite';

// A small dataflow graph for work on the Pipeline page without a Streamline server behind the proxy.
// Only `npm run dev` with UI_FIXTURE=1 serves it: it is never part of a build.
const edges: [from: string, to: string, samplesPerSecond: number, queue: number, drops: Record<string, number>][] = [
  ['scrape/node', 'hosts/relabel', 820, 1, {}],
  ['host/local', 'hosts/relabel', 260, 0, {}],
  ['hosts/relabel', 'hosts/limit', 1080, 5, {}],
  ['hosts/limit', 'append', 1035, 2, { limit: 3 }],
  ['push/api', 'pushed/aggregate', 90, 0, { invalid_label: 0.2 }],
  ['remote_write/in', 'pushed/aggregate', 4200, 7, {}],
  ['pushed/aggregate', 'append', 610, 1, {}],
  ['self/streamline', 'append', 44, 0, {}],
  ['append', 'rules/live', 1689, 0, {}],
  ['append', 'sink/lake', 1689, 0, {}],
  ['append', 'sink/central', 0, 8, { retry: 12 }],
  ['rules/live', 'dispatch', 0.4, 0, {}],
  ['dispatch', 'notify/log', 0.2, 0, {}],
];

const details: Record<string, Record<string, string>> = {
  'scrape/node': { targets: '12', interval: '15s', job: 'node', format: 'OpenMetrics 1.0' },
  'host/local': { interval: '5s', collectors: 'cpu, memory, disk, filesystem, netdev' },
  'hosts/limit': { active_series: '100000', new_series_per_hour: '10000', on_limit: 'reject_new' },
  append: { series: '48213', wal: 'data/wal', fsync: 'interval 1s' },
  'sink/central': { url: 'https://metrics.example.org/api/v1/write', state: 'retrying in 8s' },
};

function nodeOf(id: string) {
  const [kind = id, name = id] = id.split('/');
  const pipeline = id.startsWith('hosts') || id === 'scrape/node' || id === 'host/local' ? 'hosts' : id.startsWith('pushed') ? 'pushed' : '';
  const stage = kind === 'hosts' || kind === 'pushed' ? name : kind;
  return { id, kind: stage, pipeline, name, details: details[id] ?? {} };
}

function graph(seconds: number) {
  const ids = [...new Set(edges.flatMap(([from, to]) => [from, to]))];
  return {
    nodes: ids.map(nodeOf),
    edges: edges.map(([from, to, rate, queue, drops]) => ({
      id: `${from}->${to}`,
      from,
      to,
      batches: Math.floor((seconds * rate) / 90),
      samples: Math.floor(rate * (seconds + 2 * Math.sin(seconds / 7))),
      queue: Math.max(0, Math.min(8, queue + Math.round(Math.sin(seconds + rate)))),
      capacity: 8,
      blockedSeconds: queue > 4 ? seconds / 40 : 0,
      dropped: Object.fromEntries(Object.entries(drops).map(([reason, perSecond]) => [reason, Math.floor(seconds * perSecond)])),
    })),
  };
}

export function pipelineFixture(): Plugin {
  return {
    name: 'pipeline-fixture',
    apply: 'serve',
    configureServer(server) {
      if (!process.env.UI_FIXTURE) return;
      const start = Date.now();
      server.middlewares.use('/api/v1/pipeline', (_request, response) => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ status: 'success', data: graph(60 + (Date.now() - start) / 1000) }));
      });
    },
  };
}
