import type { Edge, Node } from '@xyflow/react';
import type { PipelineData, PipelineEdge, PipelineNode } from '../api/types';
import { edgeKey, type Layout, layout, type LayoutSize, type Point } from './layout';
import { type EdgeRates, noRates } from './rates';
import { type Role, roleOf } from './roles';

export type FlowNode = Node<{ node: PipelineNode; role: Role; throughput: number | null }, 'part'>;
export interface FlowEdgeData extends Record<string, unknown> {
  edge: PipelineEdge;
  rates: EdgeRates;
  /** Where the middle of the edge crosses columns between its nodes. */
  route: Point[];
  /** Where along the edge its label stands, 0 to 1. */
  labelAt: number;
}

export type FlowEdge = Edge<FlowEdgeData, 'stream'>;

export const size: LayoutSize = { nodeWidth: 146, nodeHeight: 56, crossingHeight: 40, columnGap: 84, rowGap: 26 };

export function layoutOf(data: PipelineData): Layout {
  return layout(data.nodes.map(node => node.id), data.edges, size);
}

export function flowNodes(data: PipelineData, { nodes: points }: Layout, rates: Map<string, EdgeRates>, selected: string | null): FlowNode[] {
  return data.nodes.map(node => ({
    id: node.id,
    type: 'part',
    position: points.get(node.id)!,
    width: size.nodeWidth,
    height: size.nodeHeight,
    selected: node.id === selected,
    ariaLabel: `${node.kind} ${node.name}`,
    data: { node, throughput: throughputOf(node.id, data, rates), role: roleOf(node.id, node.kind, data.edges) },
  }));
}

/** What enters a node where several edges meet; beside a single edge its own figure says it already. */
function throughputOf(id: string, data: PipelineData, rates: Map<string, EdgeRates>): number | null {
  const incoming = data.edges.filter(edge => edge.to === id);
  if (incoming.length < 2) return null;
  return incoming.reduce((total, edge) => total + (rates.get(edge.id)?.samplesPerSecond ?? 0), 0);
}

export function flowEdges(data: PipelineData, { routes }: Layout, rates: Map<string, EdgeRates>): FlowEdge[] {
  const known = new Set(data.nodes.map(node => node.id));
  return data.edges
    .filter(edge => known.has(edge.from) && known.has(edge.to))
    .map(edge => ({
      id: edge.id,
      source: edge.from,
      target: edge.to,
      type: 'stream',
      focusable: false,
      data: {
        edge,
        rates: rates.get(edge.id) ?? noRates,
        route: (routes.get(edgeKey(edge)) ?? []).map(p => ({ x: p.x, y: p.y + size.crossingHeight / 2 })),
        labelAt: labelAt(edge, data.edges),
      },
    }));
}

/** Where many edges meet, labels stand apart from the meeting point. */
function labelAt(edge: PipelineEdge, edges: readonly PipelineEdge[]): number {
  const fanIn = edges.filter(other => other.to === edge.to).length;
  const fanOut = edges.filter(other => other.from === edge.from).length;
  return fanIn > fanOut ? 0.34 : fanOut > fanIn ? 0.66 : 0.5;
}
