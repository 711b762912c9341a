import { useState } from 'react';
import type { Target } from '../api/types';
import { formatElapsed } from '../format/durations';
import { safeHref } from '../format/links';
import { Age } from '../shell/Age';
import { Labels } from '../shell/Labels';
import { StateBadge } from '../shell/State';
import tableClasses from '../shell/Table.module.css';
import { useSteps } from '../shell/useSteps';
import classes from './Targets.module.css';

/** A pool of thousands of targets comes in steps. */
const step = 200;

export function TargetTable({ targets }: { targets: Target[] }) {
  const { shown, more } = useSteps(targets, step);
  return (
    <>
      <table className={`${tableClasses.table} ${classes.targets}`}>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Health</th>
            <th scope="col">Labels</th>
            <th scope="col" className={tableClasses.number}>
              Last scrape
            </th>
            <th scope="col" className={tableClasses.number}>
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((target, i) => (
            <TargetRow key={`${target.scrapeUrl}${i}`} target={target} />
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

function TargetRow({ target }: { target: Target }) {
  const [before, setBefore] = useState(false);
  const href = safeHref(target.globalUrl ?? target.scrapeUrl);
  return (
    <>
      <tr data-testid="target-row" data-health={target.health} data-followed={target.lastError || before ? '' : undefined}>
        <td className={classes.endpoint}>
          {href ? (
            <a href={href} target="_blank" rel="noopener noreferrer">
              {target.scrapeUrl}
            </a>
          ) : (
            target.scrapeUrl
          )}
        </td>
        <td>
          <StateBadge state={target.health} />
        </td>
        <td>
          <Labels labels={target.labels} />
          <button type="button" className={tableClasses.more} aria-expanded={before} onClick={() => setBefore(!before)}>
            {before ? 'hide discovered labels' : 'discovered labels'}
          </button>
        </td>
        <td className={tableClasses.number}>
          <Age time={target.lastScrape} />
        </td>
        <td className={tableClasses.number} title={timing(target)}>
          {formatElapsed(target.lastScrapeDuration)}
        </td>
      </tr>
      {(target.lastError || before) && (
        <tr className={`${tableClasses.below} ${classes.below}`}>
          <td colSpan={5}>
            {target.lastError && <div className={tableClasses.error}>{target.lastError}</div>}
            {before && (
              <div className={classes.discovered}>
                <span className="muted">Before relabelling</span>
                <Labels labels={target.discoveredLabels} />
              </div>
            )}
          </td>
        </tr>
      )}
    </>
  );
}

function timing(target: Target): string | undefined {
  return target.scrapeInterval && `interval ${target.scrapeInterval}, timeout ${target.scrapeTimeout}`;
}
