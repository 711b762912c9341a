import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { CloseIcon, DuplicateIcon, PlayIcon } from '../shell/icons';
import { Editor } from './editor/Editor';
import { Empty } from './Empty';
import { errorRange } from './editor/errorPosition';
import { ExplainView } from './explain/ExplainView';
import { GraphView } from './chart/GraphView';
import { remember } from './editor/history';
import { HistoryMenu } from './editor/HistoryMenu';
import type { PanelState, Tab } from './panel';
import classes from './Panel.module.css';
import { PanelNotices } from './PanelNotices';
import { PanelStats } from './PanelStats';
import { RangeField } from './controls/RangeField';
import { ResolutionField } from './controls/ResolutionField';
import { TableView } from './table/TableView';
import { TimeField } from './controls/TimeField';
import { usePanelQuery } from './usePanelQuery';

interface PanelProps {
  panel: PanelState;
  /** Rises when all panels are to run again. */
  tick: number;
  autoFocus: boolean;
  onChange: (change: Partial<PanelState>) => void;
  onDuplicate: () => void;
  onRemove?: () => void;
}

const minZoomMs = 1_000;
/** Wider zooms end on whole seconds. */
const roundZoomMs = 60_000;

export function Panel({ panel, tick, autoFocus, onChange, onDuplicate, onRemove }: PanelProps) {
  const [draft, setDraft] = useState(panel.expr);
  const [runs, setRuns] = useState(0);
  const beforeZoom = useRef<Pick<PanelState, 'rangeMs' | 'endMs'>>(null);
  const { answer, loading } = usePanelQuery(panel, runs + tick);

  const run = (expr = draft) => {
    remember(expr);
    setDraft(expr);
    setRuns(count => count + 1);
    if (expr.trim() !== panel.expr) onChange({ expr: expr.trim() });
  };
  const zoom = (startMs: number, endMs: number) => {
    beforeZoom.current ??= { rangeMs: panel.rangeMs, endMs: panel.endMs };
    const unit = endMs - startMs >= roundZoomMs ? 1_000 : 1;
    const end = Math.ceil(endMs / unit) * unit;
    onChange({ rangeMs: Math.max(minZoomMs, end - Math.floor(startMs / unit) * unit), endMs: end });
  };
  const reset = () => {
    if (beforeZoom.current) onChange(beforeZoom.current);
    beforeZoom.current = null;
  };
  const refusal = useMemo(() => {
    const range = answer?.error ? errorRange(answer.expr, answer.error) : null;
    return range ? { range, message: answer!.error! } : null;
  }, [answer]);

  const shown = answer?.result?.kind === panel.tab ? answer.result : undefined;
  return (
    <section className={classes.panel} aria-label="Query panel">
      <div className={classes.editor}>
        <span className={classes.prompt} aria-hidden="true">
          <PromptMark />
        </span>
        <Editor value={draft} onChange={setDraft} onRun={run} refusal={refusal} autoFocus={autoFocus} />
        <div className={classes.actions}>
          <HistoryMenu onChoose={run} />
          <Button size="xs" h={34} leftSection={<PlayIcon size={12} />} loading={loading && runs > 0} onClick={() => run()} data-testid="run-query">
            Run
          </Button>
        </div>
      </div>

      <div className={classes.controls}>
        <SegmentedControl
          size="xs"
          aria-label="View"
          value={panel.tab}
          onChange={tab => onChange({ tab: tab as Tab })}
          data={[
            { value: 'table', label: 'Table' },
            { value: 'graph', label: 'Graph' },
            { value: 'explain', label: 'Explain' },
          ]}
        />
        {panel.tab !== 'table' && <RangeField value={panel.rangeMs} onChange={rangeMs => onChange({ rangeMs })} />}
        <TimeField
          label={panel.tab === 'table' ? 'Evaluation time' : 'End time'}
          value={panel.endMs}
          stepMs={panel.rangeMs / 2}
          onChange={endMs => onChange({ endMs })}
        />
        {panel.tab !== 'table' && <ResolutionField value={panel.resolution} onChange={resolution => onChange({ resolution })} />}
        {panel.tab === 'graph' && (
          <>
            <SegmentedControl
              size="xs"
              aria-label="Lines or stacked areas"
              value={panel.stacked ? 'stacked' : 'lines'}
              onChange={mode => onChange({ stacked: mode === 'stacked' })}
              data={[
                { value: 'lines', label: 'Lines' },
                { value: 'stacked', label: 'Stacked' },
              ]}
            />
            {beforeZoom.current && (
              <Button size="compact-xs" variant="light" onClick={reset}>
                Reset zoom
              </Button>
            )}
          </>
        )}
        <div className={classes.right}>
          {answer && <PanelStats answer={answer} loading={loading} />}
          <Tooltip label="Duplicate this panel">
            <ActionIcon variant="subtle" color="gray" aria-label="Duplicate this panel" onClick={onDuplicate}>
              <DuplicateIcon />
            </ActionIcon>
          </Tooltip>
          {onRemove && (
            <Tooltip label="Remove this panel">
              <ActionIcon variant="subtle" color="gray" aria-label="Remove this panel" onClick={onRemove}>
                <CloseIcon />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      </div>

      {answer && <PanelNotices answer={answer} />}
      <div className={classes.result} data-loading={loading || undefined} aria-busy={loading}>
        {shown?.kind === 'graph' && <GraphView result={shown} stacked={panel.stacked} onZoom={zoom} onReset={reset} />}
        {shown?.kind === 'table' && <TableView result={shown} />}
        {shown?.kind === 'explain' && <ExplainView result={shown} />}
        {!answer && !loading && panel.expr === '' && <Examples onChoose={run} />}
        {!shown && loading && <Empty>Running…</Empty>}
      </div>
    </section>
  );
}

const examples = ['up', 'rate(process_cpu_seconds_total[5m])', 'scrape_duration_seconds', 'topk(10, count by (__name__) ({__name__=~".+"}))'];

function Examples({ onChoose }: { onChoose: (expr: string) => void }) {
  return (
    <Empty>
      <span>Write an expression and press Enter, or start with one of these:</span>
      <span className={classes.examples}>
        {examples.map(expr => (
          <button key={expr} type="button" className={classes.example} onClick={() => onChoose(expr)}>
            {expr}
          </button>
        ))}
      </span>
    </Empty>
  );
}

function PromptMark() {
  return (
    <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
      <path d="m5 3 5 5-5 5" />
    </svg>
  );
}
