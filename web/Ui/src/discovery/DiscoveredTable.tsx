import { useId, useState } from 'react';
import { Labels } from '../shell/Labels';
import { StateBadge } from '../shell/State';
import tableClasses from '../shell/Table.module.css';
import { useSteps } from '../shell/useSteps';
import classes from './Discovery.module.css';
import type { Discovered, DiscoveredPool } from './discoveredPools';
import { RelabelSteps } from './RelabelSteps';

/** A job of thousands of targets comes in steps. */
const step = 100;

export function DiscoveredTable({ pool }: { pool: DiscoveredPool }) {
  const { shown, more } = useSteps(pool.targets, step);
  return (
    <>
      {pool.targets.length > 0 && (
        <table className={`${tableClasses.table} ${classes.discovered}`}>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Discovered labels</th>
              <th scope="col">Target labels</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((target, i) => (
              <Row key={`${target.discovered.__address__}${i}`} pool={pool.name} target={target} />
            ))}
          </tbody>
        </table>
      )}
      {more}
      {pool.unkept > 0 && <p className={classes.unkept}>{`${pool.unkept} more dropped targets are counted only: keep_dropped_targets is reached.`}</p>}
    </>
  );
}

function Row({ pool, target }: { pool: string; target: Discovered }) {
  const [open, setOpen] = useState(false);
  const below = useId();
  return (
    <>
      <tr data-testid="discovered-row" data-state={target.state} data-followed={open ? '' : undefined}>
        <td>
          <StateBadge state={target.state} />
        </td>
        <td>
          <Labels labels={target.discovered} />
        </td>
        <td>
          {target.labels ? <Labels labels={target.labels} /> : <span className="muted">dropped by relabelling</span>}
          <button type="button" className={tableClasses.more} aria-expanded={open} aria-controls={below} onClick={() => setOpen(!open)}>
            {open ? 'hide rules' : 'rule by rule'}
          </button>
        </td>
      </tr>
      {open && (
        <tr className={`${tableClasses.below} ${classes.below}`} id={below}>
          <td colSpan={3}>
            <RelabelSteps pool={pool} discovered={target.discovered} />
          </td>
        </tr>
      )}
    </>
  );
}
