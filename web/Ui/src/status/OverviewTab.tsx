import { usePolled } from '../api/usePolled';
import { useSettings } from '../shell/settings';
import { Facts } from './Facts';
import { textOf, titleOf } from './names';
import { Remote } from './Remote';
import classes from './Status.module.css';

type Info = Record<string, unknown>;

export function OverviewTab() {
  const build = usePolled<Info>('status/buildinfo', null);
  const runtime = usePolled<Info>('status/runtimeinfo', 5_000);
  const { utc } = useSettings();
  // Fields that Prometheus has and that are empty here say nothing.
  const facts = (info: Info) =>
    Object.entries(info)
      .map(([key, value]) => ({ name: titleOf(key), value: textOf(key, value, utc) }))
      .filter(fact => fact.value !== '');
  return (
    <div className={classes.grid}>
      <div>
        <Remote polled={runtime}>{info => <Facts title="Runtime" facts={facts(info)} />}</Remote>
      </div>
      <div>
        <Remote polled={build}>{info => <Facts title="Build" facts={facts(info)} />}</Remote>
      </div>
    </div>
  );
}
