import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { formatRate } from '../format/values';
import type { FlowNode } from './flow';
import classes from './Pipeline.module.css';
import { partNames } from './roles';
import { titleOfNode } from './titles';

export const PartNode = memo(function PartNode({ data }: NodeProps<FlowNode>) {
  const { node, role, throughput } = data;
  const title = titleOfNode(node);
  return (
    <div className={classes.node} data-role={role} title={node.id}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes.handle} />
      <div className={classes.kind}>
        <span>{title === node.kind ? partNames[role] : node.kind}</span>
        {node.pipeline && <span className={classes.pipeline}>{node.pipeline}</span>}
      </div>
      <div className={classes.name}>
        <b>{title}</b>
        {throughput !== null && <span>{formatRate(throughput)}</span>}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes.handle} />
    </div>
  );
});
