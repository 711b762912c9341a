import { describe, expect, it } from 'vitest';
import type { PipelineEdge } from '../api/types';
import { dropList, totalOf } from './drops';
import { edgeShape } from './edgeShape';
import { layout } from './layout';
import { keepWindow, ratesBetween, type Reading } from './rates';
import { roleOf } from './roles';
import { titleOfNode } from './titles';

const edge = (id: string, samples: number, dropped: Record<string, number> = {}): PipelineEdge => ({
  id,
  from: 'a',
  to: 'b',
  batches: samples / 10,
  samples,
  queue: 0,
  capacity: 8,
  blockedSeconds: samples / 1_000,
  dropped,
});
const reading = (atMs: number, ...edges: PipelineEdge[]): Reading => ({ atMs, edges: new Map(edges.map(e => [e.id, e])) });

describe('rates', () => {
  it('are differences over the time between', () =>
    expect(ratesBetween(reading(1_000, edge('e', 100, { limit: 1 })), reading(3_000, edge('e', 500, { limit: 2, late: 4 }))).get('e')).toEqual({
      samplesPerSecond: 200,
      batchesPerSecond: 20,
      blocked: 0.2,
      dropsPerSecond: { limit: 0.5, late: 2 },
    }));

  it('are zero for the first reading and for new edges', () => {
    expect(ratesBetween(undefined, reading(0, edge('e', 100))).get('e')!.samplesPerSecond).toBe(0);
    expect(ratesBetween(reading(0), reading(1_000, edge('e', 100))).get('e')!.samplesPerSecond).toBe(0);
  });

  it('count from zero after a restart', () =>
    expect(ratesBetween(reading(0, edge('e', 900)), reading(1_000, edge('e', 30))).get('e')!.samplesPerSecond).toBe(30));

  it('are taken over a window', () => {
    const readings = [0, 1_000, 2_000, 9_000].reduce<Reading[]>((kept, at) => keepWindow(kept, reading(at), 8_000), []);
    expect(readings.map(r => r.atMs)).toEqual([1_000, 2_000, 9_000]);
  });
});

describe('layout', () => {
  const size = { nodeWidth: 100, nodeHeight: 50, crossingHeight: 20, columnGap: 20, rowGap: 10 };
  const from = (text: string) => {
    const edges = text.split(' ').map(pair => ({ from: pair[0]!, to: pair[1]! }));
    return layout([...new Set(edges.flatMap(e => [e.from, e.to]))], edges, size).nodes;
  };

  it('puts every node right of those that feed it', () => {
    const points = from('ab bc ac cd');
    expect(['a', 'b', 'c', 'd'].map(n => points.get(n)!.x)).toEqual([0, 120, 240, 360]);
  });

  it('puts a source right before what it feeds', () => expect(from('ab bc xc').get('x')!.x).toBe(120));

  it('never puts two nodes in one place', () => {
    const places = [...from('ab ac ad bd cd ed fd gd').values()].map(p => `${p.x},${p.y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('orders columns so that parallel chains do not cross', () => {
    const points = from('ax by xp yq');
    expect(Math.sign(points.get('a')!.y - points.get('b')!.y)).toBe(Math.sign(points.get('p')!.y - points.get('q')!.y));
    expect(layout(['a', 'b', 'q', 'p'], [{ from: 'a', to: 'p' }, { from: 'b', to: 'q' }], size).nodes).toEqual(
      new Map([['a', { x: 0, y: 0 }], ['b', { x: 0, y: 60 }], ['p', { x: 120, y: 0 }], ['q', { x: 120, y: 60 }]]),
    );
  });

  it('ends on cycles, self loops and unknown ends', () => {
    const points = layout(['a', 'b'], [{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }, { from: 'a', to: 'a' }, { from: 'a', to: 'gone' }], size).nodes;
    expect(points.get('b')!.x).toBeGreaterThan(points.get('a')!.x);
    expect(points.size).toBe(2);
  });

  it('gives an edge over several columns a place in each', () => {
    const edges = ['ab', 'bc', 'cd', 'ad'].map(pair => ({ from: pair[0]!, to: pair[1]! }));
    const { nodes, routes } = layout(['a', 'b', 'c', 'd'], edges, size);
    const route = routes.get('a\nd')!;
    expect(route.map(p => p.x)).toEqual([nodes.get('b')!.x, nodes.get('c')!.x]);
    expect(Math.abs(route[0]!.y - nodes.get('b')!.y)).toBeGreaterThanOrEqual(30);
    expect(routes.size).toBe(1);
  });

  it('centres shorter columns', () => expect(from('ac bc').get('c')!.y).toBe(30));
});

describe('edgeShape', () => {
  const from = { x: 0, y: 0 };
  const to = { x: 100, y: 40 };

  it('starts and ends at its nodes', () => {
    const { path } = edgeShape(from, to, [], 50, 0.5);
    expect(path).toMatch(/^M0,0 C/);
    expect(path).toMatch(/ 100,40$/);
  });

  it('has its label in the middle, or nearer to one end', () => {
    expect(edgeShape(from, to, [], 50, 0.5).label).toEqual({ x: 50, y: 20 });
    expect(edgeShape(from, to, [], 50, 0.3).label.y).toBeLessThan(10);
  });

  it('runs straight through the columns it crosses, with its label there', () => {
    const { path, label } = edgeShape(from, { x: 300, y: 0 }, [{ x: 100, y: 80 }], 50, 0.5);
    expect(path).toContain('100,80 L150,80');
    expect(label).toEqual({ x: 125, y: 80 });
  });
});

describe('roleOf', () => {
  const edges = [{ from: 'a', to: 'b' }, { from: 'b', to: 'c' }];
  it.each([
    ['a', 'scrape', 'source'],
    ['b', 'limit', 'stage'],
    ['c', 'parquet', 'sink'],
    ['c', 'append', 'store'],
    ['b', 'dispatch', 'alerting'],
  ])('%s of kind %s is a %s', (id, kind, role) => expect(roleOf(id, kind, edges)).toBe(role));
});

describe('drops', () => {
  it('are listed by size without zeros', () => expect(dropList({ a: 1, b: 0, c: 5 })).toEqual([['c', 5], ['a', 1]]));
  it('sum up', () => expect([totalOf({ a: 1, c: 5 }), totalOf(undefined)]).toEqual([6, 0]));
});

it.each([
  ['node', 'scrape', 'node'],
  ['1', 'host', 'host'],
  ['2', 'scrape', 'scrape 2'],
  ['', 'append', 'append'],
])('titleOfNode(%s, %s)', (name, kind, title) => expect(titleOfNode({ name, kind })).toBe(title));
