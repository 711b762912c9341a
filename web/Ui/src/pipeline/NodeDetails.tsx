import { ActionIcon } from '@mantine/core';
import type { PipelineData, PipelineNode } from '../api/types';
import { formatRate } from '../format/values';
import { CloseIcon } from '../shell/icons';
import { Link, TextOrLink } from '../shell/Link';
import classes from './Pipeline.module.css';
import type { EdgeRates } from './rates';

interface NodeDetailsProps {
  node: PipelineNode;
  data: PipelineData;
  rates: Map<string, EdgeRates>;
  onClose: () => void;
}

export function NodeDetails({ node, data, rates, onClose }: NodeDetailsProps) {
  const details = Object.entries(node.details ?? {});
  const rate = (id: string) => formatRate(rates.get(id)?.samplesPerSecond ?? 0);
  return (
    <aside className={classes.details} aria-label={`Details of ${node.id}`}>
      <header>
        <h2>{node.id}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the details" onClick={onClose}>
          <CloseIcon />
        </ActionIcon>
      </header>
      {data.edges.some(e => e.samples > 0 && (e.from === node.id || e.to === node.id)) && (
        <p>
          <Link to="/live" search={`node=${encodeURIComponent(node.id)}`}>
            Watch samples pass
          </Link>
        </p>
      )}
      <dl>
        <Fact name="kind" value={node.kind} />
        {node.pipeline && <Fact name="pipeline" value={node.pipeline} />}
        {details.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
        {data.edges.filter(e => e.to === node.id).map(e => <Fact key={e.id} name="from" value={`${e.from}  ${rate(e.id)}`} />)}
        {data.edges.filter(e => e.from === node.id).map(e => <Fact key={e.id} name="to" value={`${e.to}  ${rate(e.id)}`} />)}
      </dl>
    </aside>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <TextOrLink text={value} />
      </dd>
    </div>
  );
}
