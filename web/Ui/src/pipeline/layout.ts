export interface LayoutSize {
  nodeWidth: number;
  nodeHeight: number;
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

/** More sweeps change nothing on graphs of this kind (tens of nodes). */
const sweeps = 8;

/**
 * Left-to-right layered layout: 1. edges that close a cycle are left out, 2. every node stands one column behind the
 * furthest of those that feed it, 3. sweeps order each column by where its neighbours stand, 4. columns are centred.
 */
export function layout(nodes: readonly string[], edges: readonly Edge[], size: LayoutSize): Map<string, Point> {
  const known = new Set(nodes);
  const forward = withoutCycles(nodes, edges.filter(e => known.has(e.from) && known.has(e.to) && e.from !== e.to));
  const columns = columnsOf(nodes, layersOf(nodes, forward));
  order(columns, forward);
  return place(columns, size);
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

function columnsOf(nodes: readonly string[], layers: Map<string, number>): string[][] {
  const columns: string[][] = [];
  for (const node of nodes) (columns[layers.get(node)!] ??= []).push(node);
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

function place(columns: readonly string[][], size: LayoutSize): Map<string, Point> {
  const rowHeight = size.nodeHeight + size.rowGap;
  const tallest = Math.max(0, ...columns.map(column => column.length));
  const points = new Map<string, Point>();
  columns.forEach((column, index) =>
    column.forEach((node, row) =>
      points.set(node, { x: index * (size.nodeWidth + size.columnGap), y: (row + (tallest - column.length) / 2) * rowHeight }),
    ),
  );
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
