import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { usePolled } from '../api/usePolled';
import { formatTime } from '../format/times';
import { formatCount } from '../format/values';
import { PauseIcon, PlayIcon, SearchIcon } from '../shell/icons';
import { Labels } from '../shell/Labels';
import { Notice } from '../shell/Notice';
import { Page } from '../shell/Page';
import pageClasses from '../shell/Page.module.css';
import { useParameter } from '../shell/router';
import { useSettings } from '../shell/settings';
import classes from './Live.module.css';
import type { LiveRow } from './live';
import { type Live, useLive } from './useLive';

const nodesMs = 10_000;

export default function LivePage() {
  const nodes = usePolled<string[]>('live/nodes', nodesMs);
  const [match, setMatch] = useParameter('match');
  const [chosen, setNode] = useParameter('node');
  const [paused, setPaused] = useState(false);
  const node = chosen || 'append';
  const live = useLive(match, node, paused);
  const names = nodes.data ?? [];
  const tools = (
    <>
      <Selectors key={match} match={match} onChange={setMatch} />
      <NativeSelect size="xs" aria-label="Node of the pipeline" value={node} onChange={event => setNode(event.currentTarget.value)} data={names.includes(node) ? names : [node, ...names]} />
      <Button size="xs" variant="default" leftSection={paused ? <PlayIcon size={13} /> : <PauseIcon size={13} />} onClick={() => setPaused(!paused)}>
        {paused ? 'Go on' : 'Pause'}
      </Button>
      <Counts live={live} />
    </>
  );
  return (
    <Page title="Live" tools={tools}>
      {live.error && (
        <div className={pageClasses.notice}>
          <Notice kind="error">{live.error}</Notice>
        </div>
      )}
      {live.rows.length === 0 ? <Waiting live={live} paused={paused} /> : <Rows rows={live.rows} />}
    </Page>
  );
}

/** What is typed is asked for when it is done: Enter, or the focus leaves. */
function Selectors({ match, onChange }: { match: string; onChange: (match: string) => void }) {
  const [text, setText] = useState(match);
  return (
    <form
      className={classes.selectors}
      onSubmit={event => {
        event.preventDefault();
        onChange(text.trim());
      }}
    >
      <TextInput
        size="xs"
        wrapperProps={{ 'data-search': '' }}
        aria-label="Series selectors"
        placeholder='All samples; or up; {job="node"}  ( / )'
        leftSection={<SearchIcon size={13} />}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        onBlur={() => onChange(text.trim())}
      />
    </form>
  );
}

function Counts({ live }: { live: Live }) {
  if (!live.counts) return null;
  const { seen, matched, shown, missedBatches } = live.counts;
  return (
    <span className={pageClasses.updated} title="Samples since this tail began">
      {`${formatCount(seen)} passed, ${formatCount(matched)} matched, ${formatCount(shown)} shown`}
      {missedBatches > 0 && `, ${formatCount(missedBatches)} batches missed`}
    </span>
  );
}

function Waiting({ live, paused }: { live: Live; paused: boolean }) {
  if (live.error) return null;
  const text = paused ? 'Paused.' : live.counts && live.counts.seen > 0 ? 'Samples pass, none of them matches.' : 'Waiting for samples.';
  return <div className={pageClasses.empty}>{text}</div>;
}

/** Time of day with all its milliseconds, so that the column stays straight. */
function clockOf(seconds: number, utc: boolean): string {
  const text = formatTime(Math.round(seconds * 1_000), utc).slice(11);
  return text.includes('.') ? text : `${text}.000`;
}

function Rows({ rows }: { rows: LiveRow[] }) {
  const { utc } = useSettings();
  return (
    <div className={`${pageClasses.section} ${classes.box}`}>
      <table className={classes.table} data-testid="live">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Series</th>
            <th scope="col">Source</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td className="mono">{clockOf(row.timestamp, utc)}</td>
              <td>
                <Labels labels={row.metric} />
              </td>
              <td className="muted">{row.source}</td>
              <td className={classes.value}>{row.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
