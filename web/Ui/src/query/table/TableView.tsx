import { Button, CopyButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { seriesText } from '../../format/labels';
import { Labels } from '../../shell/Labels';
import { CopyIcon } from '../../shell/icons';
import { Empty } from '../Empty';
import classes from './TableView.module.css';
import { tableRows, tableText } from './tableRows';
import type { PanelResult } from '../usePanelQuery';

/** Rows that are drawn at once; the rest comes in steps, so that a result of 100,000 series does not stop the browser. */
const step = 500;

export function TableView({ result }: { result: Extract<PanelResult, { kind: 'table' }> }) {
  const [shown, setShown] = useState(step);
  const rows = useMemo(() => tableRows(result.data), [result]);
  if (rows.length === 0) return <Empty>The query returned no series at this time.</Empty>;
  return (
    <div className={classes.box}>
      <table className={classes.table} data-testid="table">
        <thead>
          <tr>
            <th scope="col">{result.data.resultType === 'vector' || result.data.resultType === 'matrix' ? 'Series' : result.data.resultType}</th>
            <th scope="col">
              <CopyButton value={tableText(rows, seriesText)}>
                {({ copied, copy }) => (
                  <Button size="compact-xs" variant="subtle" color="gray" leftSection={<CopyIcon size={13} />} onClick={copy}>
                    {copied ? 'Copied' : 'Copy'}
                  </Button>
                )}
              </CopyButton>
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row, i) => (
            <tr key={i}>
              <td>{row.labels ? <Labels labels={row.labels} /> : <span className="muted">{result.data.resultType}</span>}</td>
              <td className={classes.value}>{row.lines.join('\n')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <div className={classes.more}>
          <span className="muted">{`${shown} of ${rows.length} series`}</span>
          <Button size="compact-sm" variant="default" onClick={() => setShown(shown + step)}>
            {`Show ${Math.min(step, rows.length - shown)} more`}
          </Button>
        </div>
      )}
    </div>
  );
}
