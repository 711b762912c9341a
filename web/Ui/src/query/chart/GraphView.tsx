import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Notice } from '../../shell/Notice';
import { useSettings } from '../../shell/settings';
import { Chart } from './Chart';
import { Empty } from '../Empty';
import { Legend } from './Legend';
import { legendNames } from './legendNames';
import { alignMatrix, summarise } from './matrix';
import type { PanelResult } from '../usePanelQuery';
import classes from '../Panel.module.css';

/** A graph of more lines is unreadable and slow; one click draws them up to the second bound. */
const shownAtFirst = 100;
const shownAtMost = 1_000;

interface GraphViewProps {
  result: Extract<PanelResult, { kind: 'graph' }>;
  stacked: boolean;
  onZoom: (startMs: number, endMs: number) => void;
  onReset: () => void;
}

export function GraphView({ result, stacked, onZoom, onReset }: GraphViewProps) {
  const { utc } = useSettings();
  const [cap, setCap] = useState(shownAtFirst);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [focused, setFocused] = useState<number | null>(null);
  const { series, startMs, endMs, stepMs } = result;
  const drawn = useMemo(() => series.slice(0, cap), [series, cap]);
  const data = useMemo(() => alignMatrix(drawn, startMs, endMs, stepMs), [drawn, startMs, endMs, stepMs]);
  const names = useMemo(() => legendNames(drawn.map(s => s.metric)), [drawn]);
  const summaries = useMemo(() => data.columns.map(summarise), [data]);

  if (series.length === 0) return <Empty>The query returned no series in this range.</Empty>;
  return (
    <>
      {(series.length > drawn.length || data.nonFinite > 0 || data.histograms > 0) && (
        <div className={classes.notices}>
          {series.length > drawn.length && (
            <Notice kind="info" action={cap < shownAtMost ? <DrawMore total={series.length} onClick={() => setCap(shownAtMost)} /> : undefined}>
              {`${drawn.length} of ${series.length} series are drawn. Aggregate or narrow the selector to see them all.`}
            </Notice>
          )}
          {data.nonFinite > 0 && <Notice kind="info">{`${data.nonFinite} points are NaN or infinite and cannot be drawn; the table shows them.`}</Notice>}
          {data.histograms > 0 && <Notice kind="info">{`${data.histograms} series are native histograms and have no line. Apply histogram_quantile() or see the table.`}</Notice>}
        </div>
      )}
      <div className={classes.chartArea}>
        <Chart data={data} names={names.names} {...{ hidden, focused, stacked, utc, onZoom, onReset }} />
      </div>
      <Legend names={names} summaries={summaries} hidden={hidden} onHidden={setHidden} onFocus={setFocused} />
    </>
  );
}

function DrawMore({ total, onClick }: { total: number; onClick: () => void }) {
  return (
    <Button size="compact-xs" variant="default" onClick={onClick}>
      {`Draw ${Math.min(total, shownAtMost)}`}
    </Button>
  );
}
