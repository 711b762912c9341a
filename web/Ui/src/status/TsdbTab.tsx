import type { TsdbStat, TsdbStatus } from '../api/types';
import { usePolled } from '../api/usePolled';
import { formatTime } from '../format/times';
import { formatCount } from '../format/values';
import { useSettings } from '../shell/settings';
import { titleOf } from './names';
import { Remote } from './Remote';
import classes from './Status.module.css';

const lists: { key: keyof TsdbStatus; title: string }[] = [
  { key: 'seriesCountByMetricName', title: 'Series by metric' },
  { key: 'labelValueCountByLabelName', title: 'Values by label' },
  { key: 'seriesCountByLabelValuePair', title: 'Series by label and value' },
  { key: 'memoryInBytesByLabelName', title: 'Bytes by label' },
];

export function TsdbTab() {
  const polled = usePolled<TsdbStatus>('status/tsdb', 10_000);
  const { utc } = useSettings();
  return (
    <Remote polled={polled}>
      {status => (
        <>
          <dl className={classes.tiles}>
            {Object.entries(status.headStats).map(([name, value]) => (
              <div key={name}>
                <dt>{titleOf(name.replace(/^num/, ''))}</dt>
                <dd>{/time/i.test(name) ? headTime(value, utc) : formatCount(value)}</dd>
              </div>
            ))}
          </dl>
          <div className={classes.grid}>
            {lists.map(({ key, title }) => (
              <TopList key={key} title={title} stats={(status[key] as TsdbStat[] | undefined) ?? []} />
            ))}
          </div>
        </>
      )}
    </Remote>
  );
}

/** An empty head has the extremes of int64 as its bounds. */
function headTime(ms: number, utc: boolean): string {
  return Math.abs(ms) > 8.64e15 ? '–' : formatTime(Math.floor(ms / 1_000) * 1_000, utc);
}

function TopList({ title, stats }: { title: string; stats: TsdbStat[] }) {
  const largest = Math.max(1, ...stats.map(stat => stat.value));
  return (
    <section className={classes.card}>
      <h2>{title}</h2>
      {stats.length === 0 && <p className={classes.none}>Nothing yet</p>}
      <ol className={classes.top}>
        {stats.map(({ name, value }) => (
          <li key={name}>
            <span className={classes.bar} style={{ width: `${(100 * value) / largest}%` }} />
            <span className="mono">{name}</span>
            <b>{formatCount(value)}</b>
          </li>
        ))}
      </ol>
    </section>
  );
}
