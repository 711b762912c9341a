import { useState } from 'react';
import { Page } from '../shell/Page';
import pageClasses from '../shell/Page.module.css';
import { EdgeTable } from './EdgeTable';
import { NodeDetails } from './NodeDetails';
import classes from './Pipeline.module.css';
import { PipelineGraph } from './PipelineGraph';
import { type Role, roleNames } from './roles';
import { usePipeline } from './usePipeline';

export default function PipelinePage() {
  const { polled, rates } = usePipeline();
  const [selected, setSelected] = useState<string | null>(null);
  const data = polled.data;
  const node = data?.nodes.find(n => n.id === selected);
  return (
    <Page title="Pipeline" tools={<Roles />} polled={polled}>
      {data && data.nodes.length === 0 && <div className={pageClasses.empty}>The pipeline has no parts.</div>}
      {data && data.nodes.length > 0 && (
        <>
          <div className={`${pageClasses.section} ${classes.stage}`} onKeyDown={event => event.key === 'Escape' && setSelected(null)}>
            <PipelineGraph data={data} rates={rates} selected={selected} onSelect={setSelected} />
            {node && <NodeDetails node={node} data={data} rates={rates} onClose={() => setSelected(null)} />}
          </div>
          <div className={pageClasses.section}>
            <EdgeTable data={data} rates={rates} />
          </div>
        </>
      )}
    </Page>
  );
}

function Roles() {
  return (
    <ul className={classes.roles} aria-label="Colours of the parts">
      {(Object.keys(roleNames) as Role[]).map(role => (
        <li key={role} data-role={role}>
          {roleNames[role]}
        </li>
      ))}
    </ul>
  );
}
