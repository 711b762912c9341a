import { useComputedColorScheme } from '@mantine/core';
import { Background, BackgroundVariant, Controls, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { PipelineData } from '../api/types';
import { type FlowEdge, flowEdges, type FlowNode, flowNodes, layoutOf, size } from './flow';
import { PartNode } from './PartNode';
import classes from './Pipeline.module.css';
import type { Layout } from './layout';
import type { EdgeRates } from './rates';
import { StreamEdge } from './StreamEdge';

const nodeTypes = { part: PartNode };
const edgeTypes = { stream: StreamEdge };
const fit = { padding: { x: 0.02, top: 0.05, bottom: '52px' }, maxZoom: 1.1 } as const;

interface PipelineGraphProps {
  data: PipelineData;
  rates: Map<string, EdgeRates>;
  selected: string | null;
  onSelect: (id: string | null) => void;
}

export function PipelineGraph({ data, rates, selected, onSelect }: PipelineGraphProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const shape = JSON.stringify([data.nodes.map(node => node.id), data.edges.map(edge => [edge.from, edge.to])]);
  const layout = useMemo(() => layoutOf(data), [shape]);
  const nodes = useMemo(() => flowNodes(data, layout, rates, selected), [data, layout, rates, selected]);
  const edges = useMemo(() => flowEdges(data, layout, rates), [data, layout, rates]);
  const flow = useRef<ReactFlowInstance<FlowNode, FlowEdge>>(null);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1_200);
  const height = heightFor(layout, width);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      setWidth(box.current?.clientWidth ?? 0);
      // Not before the flow itself has seen its new size.
      requestAnimationFrame(() => flow.current && show(flow.current, layout, box.current?.clientWidth ?? 0));
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [layout, height]);

  return (
    <div ref={box} className={classes.graph} style={{ height }} data-testid="pipeline-graph">
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={dark ? 'dark' : 'light'}
        minZoom={0.2}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        onInit={instance => {
          flow.current = instance;
          show(instance, layout, box.current?.clientWidth ?? 0);
        }}
        onNodeClick={(_, node) => onSelect(node.id)}
        onPaneClick={() => onSelect(null)}
        onNodesChange={changes => {
          // Enter on a focused node selects it; Escape lets it go.
          const change = changes.findLast(c => c.type === 'select');
          if (change?.type === 'select') onSelect(change.selected ? change.id : null);
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <Controls showInteractive={false} orientation="horizontal" position="bottom-left" fitViewOptions={fit} />
      </ReactFlow>
    </div>
  );
}

/** Smaller than this the text cannot be read: narrow screens show the sources and the rest by panning. */
const leastZoom = 0.62;

function show(flow: ReactFlowInstance<FlowNode, FlowEdge>, layout: Layout, width: number): void {
  if (width / widthOf(layout) >= leastZoom) void flow.fitView(fit);
  else void flow.setViewport({ x: 12, y: 16, zoom: leastZoom });
}

function widthOf({ nodes }: Layout): number {
  return Math.max(...[...nodes.values()].map(p => p.x), 0) + size.nodeWidth;
}

/** As high as the graph is once it fits the width, with room for the controls below. */
function heightFor(layout: Layout, width: number): number {
  const graphHeight = Math.max(...[...layout.nodes.values()].map(p => p.y), 0) + size.nodeHeight;
  const zoom = Math.max(leastZoom, Math.min(fit.maxZoom, width / widthOf(layout)));
  return Math.round(Math.max(240, Math.min(720, graphHeight * zoom + 92)));
}
