import { useMemo, useState } from 'react';
import type { PlanNode } from '../../api/types';
import { formatElapsed } from '../../format/durations';
import { formatBytes, formatCount } from '../../format/values';
import classes from './ExplainView.module.css';
import { planRows, planTotals, type PlanRow } from './plan';
import type { PanelResult } from '../usePanelQuery';

/** What each operator of the query cost. Lines fold with their arrow, which is a button: Tab and Enter reach everything. */
export function ExplainView({ result }: { result: Extract<PanelResult, { kind: 'explain' }> }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => planRows(result.plan, folded), [result, folded]);
  const totals = useMemo(() => planTotals(result.plan), [result]);
  const toggle = (path: string) => {
    const next = new Set(folded);
    if (!next.delete(path)) next.add(path);
    setFolded(next);
  };
  return (
    <div className={classes.box}>
      <p className={classes.totals}>
        {`${formatCount(totals.nodes)} operators  ·  ${formatElapsed(totals.milliseconds / 1_000)}  ·  ${formatCount(totals.samples)} samples read  ·  at most ${formatBytes(totals.largestBytes)} in one operator`}
      </p>
      <table className={classes.table} data-testid="plan">
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col" title="Time of the operator itself, and with all below it">
              Time, with inputs
            </th>
            <th scope="col">Series</th>
            <th scope="col">Points</th>
            <th scope="col">Samples read</th>
            <th scope="col">Memory</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Line key={row.path} row={row} folded={folded.has(row.path)} onToggle={() => toggle(row.path)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ row: { node, depth, share }, folded, onToggle }: { row: PlanRow; folded: boolean; onToggle: () => void }) {
  // A range selector works inside its function: it has no costs of its own.
  const works = node.milliseconds > 0;
  return (
    <tr>
      <td>
        <div className={classes.operator} style={{ paddingInlineStart: depth * 22 }}>
          <Arrow node={node} folded={folded} onToggle={onToggle} />
          <span className={classes.name}>{node.operator}</span>
          <span className={classes.expression} title={node.expression}>
            {node.expression}
          </span>
        </div>
      </td>
      <td className={classes.number}>
        {works ? (
          <>
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${Math.round(share * 100)}%` }} />
            </span>
            <span className={classes.own}>{formatElapsed(node.ownMilliseconds / 1_000)}</span>
            <span className={classes.inclusive}>{formatElapsed(node.milliseconds / 1_000)}</span>
          </>
        ) : (
          <span className={classes.inclusive}>in its function</span>
        )}
      </td>
      <td className={classes.number}>{node.series === null ? '–' : formatCount(node.series)}</td>
      <td className={classes.number}>{works ? formatCount(node.points) : '–'}</td>
      <td className={classes.number}>{works ? formatCount(node.samples) : '–'}</td>
      <td className={classes.number}>{works ? formatBytes(node.bytes) : '–'}</td>
    </tr>
  );
}

function Arrow({ node, folded, onToggle }: { node: PlanNode; folded: boolean; onToggle: () => void }) {
  if (node.inputs.length === 0) return <span className={classes.noArrow} />;
  return (
    <button
      type="button"
      className={classes.arrow}
      aria-expanded={!folded}
      aria-label={`${folded ? 'Show' : 'Hide'} the inputs of ${node.operator}`}
      onClick={onToggle}
      data-folded={folded || undefined}
    >
      <svg width="12" height="12" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d="m3 6 5 5 5-5" />
      </svg>
    </button>
  );
}
