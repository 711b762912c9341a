import type { TargetsData } from '../api/types';
import { usePolled } from '../api/usePolled';
import { Updated } from '../shell/Age';
import { SearchField, StateChips } from '../shell/Filters';
import { PoolErrors } from '../discovery/PoolErrors';
import { Page } from '../shell/Page';
import pageClasses from '../shell/Page.module.css';
import { useParameter } from '../shell/router';
import { Section } from '../shell/Section';
import { countHealth, healthStates, poolsOf, type Pool } from './filterTargets';
import { TargetTable } from './TargetTable';
import classes from './Targets.module.css';

const pollMs = 5_000;

export default function TargetsPage() {
  const polled = usePolled<TargetsData>('targets?state=active', pollMs);
  const [health, setHealth] = useParameter('health');
  const [search, setSearch] = useParameter('search');
  const targets = polled.data?.activeTargets ?? [];
  const chosen = health.split(',').filter(Boolean);
  const counts = countHealth(targets);
  const pools = poolsOf(targets, chosen, search);

  const tools = (
    <>
      <StateChips
        label="Health"
        options={healthStates.map(state => ({ state, count: counts[state] }))}
        chosen={chosen}
        onChange={next => setHealth(next.join(','))}
      />
      <SearchField label="Search targets" value={search} onChange={setSearch} />
      <span className={pageClasses.updated}>
        <Updated at={polled.receivedAt} />
      </span>
    </>
  );
  return (
    <Page title="Targets" tools={tools} polled={polled}>
      <PoolErrors errors={polled.data?.poolErrors} />
      {pools.map(pool => (
        <Section key={pool.name} title={pool.name} aside={<PoolHealth pool={pool} />}>
          <TargetTable targets={pool.targets} />
        </Section>
      ))}
      {pools.length === 0 && (
        <div className={pageClasses.empty}>{targets.length === 0 ? 'No targets are configured or discovered.' : 'No target matches the filters.'}</div>
      )}
    </Page>
  );
}

function PoolHealth({ pool }: { pool: Pool }) {
  return (
    <>
      <span>{`${pool.up} of ${pool.total} up`}</span>
      <span className={classes.meter} aria-hidden="true">
        <span style={{ width: `${(100 * pool.up) / pool.total}%` }} />
      </span>
    </>
  );
}
