export interface LayoutSize {
  nodeWidth: number;
  nodeHeight: number;
  /** The room that an edge takes in a column it crosses. */
  crossingHeight: number;
  columnGap: number;
  rowGap: number;
}

export interface Point {
  x: number;
  y: number;
}

interface Edge {
  from: string;
  to: string;
}

export interface Layout {
  /** The top left corner of every node. */
  nodes: Map<string, Point>;
  /** Edges that pass other columns: the places between their nodes where they cross them, by edgeKey. */
  routes: Map<string, Point[]>;
}

export const edgeKey = (edge: Edge): string => `${edge.from}\n${edge.to}`;

/** More sweeps change nothing on graphs of this kind (tens of nodes). */
const sweeps = 8;

/**
 * Left-to-right layered layout: 1. edges that close a cycle are left out, 2. every node stands one column behind the
 * furthest of those that feed it, 3. edges over several columns get a place of their own in each column they cross,
 * 4. sweeps order each column by where its neighbours stand, 5. columns are centred.
 */
export function layout(nodes: readonly string[], edges: readonly Edge[], size: LayoutSize): Layout {
  const known = new Set(nodes);
  const forward = withoutCycles(nodes, edges.filter(e => known.has(e.from) && known.has(e.to) && e.from !== e.to));
  const layers = layersOf(nodes, forward);
  const crossings = new Map<string, string[]>();
  const short = forward.flatMap(edge => cutAtColumns(edge, layers, crossings));
  const columns = columnsOf(layers);
  order(columns, short);
  const points = place(columns, node => (known.has(node) ? size.nodeHeight : size.crossingHeight), size);
  return {
    nodes: new Map(nodes.map(node => [node, points.get(node)!])),
    routes: new Map([...crossings].map(([key, places]) => [key, places.map(p => points.get(p)!)])),
  };
}

/** Edges from each column to the next; the places in between are added to the layers. */
function cutAtColumns(edge: Edge, layers: Map<string, number>, crossings: Map<string, string[]>): Edge[] {
  const first = layers.get(edge.from)! + 1;
  const last = layers.get(edge.to)!;
  if (first >= last) return [edge];
  const key = edgeKey(edge);
  const places = Array.from({ length: last - first }, (_, i) => `${key}\n${i}`);
  places.forEach((id, i) => layers.set(id, first + i));
  crossings.set(key, places);
  const stops = [edge.from, ...places, edge.to];
  return stops.slice(1).map((to, i) => ({ from: stops[i]!, to }));
}

function withoutCycles(nodes: readonly string[], edges: readonly Edge[]): Edge[] {
  const outgoing = groupBy(edges, e => e.from);
  const state = new Map<string, 'open' | 'done'>();
  const kept: Edge[] = [];
  const visit = (node: string) => {
    state.set(node, 'open');
    for (const edge of outgoing.get(node) ?? []) {
      if (state.get(edge.to) === 'open') continue;
      kept.push(edge);
      if (!state.has(edge.to)) visit(edge.to);
    }
    state.set(node, 'done');
  };
  // Sources first, so that it is the edge leading back which is left out.
  const fed = new Set(edges.map(e => e.to));
  for (const node of [...nodes.filter(n => !fed.has(n)), ...nodes]) if (!state.has(node)) visit(node);
  return kept;
}

function layersOf(nodes: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const incoming = groupBy(edges, e => e.to);
  const layers = new Map<string, number>();
  const layerOf = (node: string): number => {
    const found = layers.get(node);
    if (found !== undefined) return found;
    const layer = Math.max(-1, ...(incoming.get(node) ?? []).map(e => layerOf(e.from))) + 1;
    layers.set(node, layer);
    return layer;
  };
  nodes.forEach(layerOf);
  pullSourcesRight(nodes, edges, layers);
  return layers;
}

/** A source stands right before the first stage that it feeds, not at the far left of a long edge. */
function pullSourcesRight(nodes: readonly string[], edges: readonly Edge[], layers: Map<string, number>): void {
  const incoming = groupBy(edges, e => e.to);
  const outgoing = groupBy(edges, e => e.from);
  for (const node of nodes) {
    const targets = outgoing.get(node);
    if (incoming.has(node) || !targets) continue;
    layers.set(node, Math.min(...targets.map(e => layers.get(e.to)!)) - 1);
  }
}

function columnsOf(layers: Map<string, number>): string[][] {
  const columns: string[][] = [];
  for (const [node, layer] of layers) (columns[layer] ??= []).push(node);
  return columns.filter(Boolean);
}

function order(columns: string[][], edges: readonly Edge[]): void {
  const incoming = groupBy(edges, e => e.to);
  const outgoing = groupBy(edges, e => e.from);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const rightwards = sweep % 2 === 0;
    const places = relativePlaces(columns);
    for (const column of rightwards ? columns : [...columns].reverse()) {
      const neighboursOf = (node: string) =>
        rightwards ? (incoming.get(node) ?? []).map(e => e.from) : (outgoing.get(node) ?? []).map(e => e.to);
      const wish = new Map(column.map(node => [node, average(neighboursOf(node).map(n => places.get(n)!), places.get(node)!)]));
      column.sort((a, b) => wish.get(a)! - wish.get(b)! || places.get(a)! - places.get(b)!);
      column.forEach((node, row) => places.set(node, row - (column.length - 1) / 2));
    }
  }
}

function relativePlaces(columns: readonly string[][]): Map<string, number> {
  return new Map(columns.flatMap(column => column.map((node, row) => [node, row - (column.length - 1) / 2] as const)));
}

function place(columns: readonly string[][], heightOf: (node: string) => number, size: LayoutSize): Map<string, Point> {
  const heights = columns.map(column => column.reduce((sum, node) => sum + heightOf(node) + size.rowGap, -size.rowGap));
  const tallest = Math.max(0, ...heights);
  const points = new Map<string, Point>();
  columns.forEach((column, index) => {
    let y = (tallest - heights[index]!) / 2;
    for (const node of column) {
      points.set(node, { x: index * (size.nodeWidth + size.columnGap), y });
      y += heightOf(node) + size.rowGap;
    }
  });
  return points;
}

function average(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function groupBy(edges: readonly Edge[], key: (edge: Edge) => string): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const edge of edges) append(groups, key(edge), edge);
  return groups;
}

function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group) group.push(item);
  else groups.set(key, [item]);
}
