import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { formatRate } from '../format/values';
import { totalOf } from './drops';
import { edgeShape } from './edgeShape';
import { type FlowEdge, size } from './flow';
import classes from './Pipeline.module.css';
import { QueueBar } from './QueueBar';

/** A thicker line carries more: one step for each power of ten. */
function widthOf(samplesPerSecond: number): number {
  return samplesPerSecond <= 0 ? 1.5 : Math.min(6, 2 + Math.log10(1 + samplesPerSecond) * 0.8);
}

/** Dashes run faster on busier edges, within what the eye can follow. */
function secondsOf(samplesPerSecond: number): number {
  return Math.max(0.35, 1.6 - Math.log10(1 + samplesPerSecond) * 0.3);
}

export const StreamEdge = memo(function StreamEdge({ id, data, sourceX, sourceY, targetX, targetY }: EdgeProps<FlowEdge>) {
  const { edge, rates, route, labelAt } = data!;
  const { path, label } = edgeShape({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, route, size.nodeWidth, labelAt);
  const moving = rates.samplesPerSecond > 0;
  const drops = totalOf(edge.dropped);
  const dropping = totalOf(rates.dropsPerSecond);
  return (
    <g data-testid="pipeline-edge" data-edge={id} data-moving={moving} data-samples={edge.samples}>
      <path d={path} className={classes.line} style={{ strokeWidth: widthOf(rates.samplesPerSecond) }} />
      {moving && <path d={path} className={classes.flow} style={{ animationDuration: `${secondsOf(rates.samplesPerSecond)}s` }} />}
      <EdgeLabelRenderer>
        <div className={classes.label} data-moving={moving} style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}>
          <span className={classes.rate}>{formatRate(rates.samplesPerSecond)}</span>
          <QueueBar queue={edge.queue} capacity={edge.capacity} />
          {drops > 0 && (
            <span className={classes.drops} data-dropping={dropping > 0} title={`${Object.keys(edge.dropped ?? {}).join(', ')}: dropped`}>
              {dropping > 0 ? `−${formatRate(dropping)}` : `−${drops}`}
            </span>
          )}
        </div>
      </EdgeLabelRenderer>
    </g>
  );
});
