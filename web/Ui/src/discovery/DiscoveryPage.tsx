import type { TargetsData } from '../api/types';
import { usePolled } from '../api/usePolled';
import { Updated } from '../shell/Age';
import { SearchField, StateChips } from '../shell/Filters';
import { Notice } from '../shell/Notice';
import { Page } from '../shell/Page';
import pageClasses from '../shell/Page.module.css';
import { useParameter } from '../shell/router';
import { Section } from '../shell/Section';
import classes from './Discovery.module.css';
import { DiscoveredTable } from './DiscoveredTable';
import { countStates, type DiscoveredPool, discoveredPools, states } from './discoveredPools';

// Updates of discovery reach a job every five seconds at most.
const pollMs = 10_000;
const nothing: TargetsData = { activeTargets: [] };

export default function DiscoveryPage() {
  const polled = usePolled<TargetsData>('targets?state=any', pollMs);
  const [state, setState] = useParameter('state');
  const [search, setSearch] = useParameter('search');
  const data = polled.data ?? nothing;
  const chosen = state.split(',').filter(Boolean);
  const counts = countStates(data);
  const pools = discoveredPools(data, chosen, search);

  const tools = (
    <>
      <StateChips label="State" options={states.map(s => ({ state: s, count: counts[s] }))} chosen={chosen} onChange={next => setState(next.join(','))} />
      <SearchField label="Search labels" value={search} onChange={setSearch} />
      <span className={pageClasses.updated}>
        <Updated at={polled.receivedAt} />
      </span>
    </>
  );
  return (
    <Page title="Service discovery" tools={tools} polled={polled}>
      {pools.map(pool => (
        <Section key={pool.name} title={pool.name} aside={countText(pool)}>
          {pool.error && (
            <div className={classes.error}>
              <Notice kind="error">{pool.error}</Notice>
            </div>
          )}
          {pool.active + pool.dropped === 0 && !pool.error && <p className={classes.unkept}>Discovery has found no target for this job.</p>}
          <DiscoveredTable pool={pool} />
        </Section>
      ))}
      {pools.length === 0 && <div className={pageClasses.empty}>{search || state ? 'No target matches the filters.' : 'No scrape job is configured.'}</div>}
    </Page>
  );
}

function countText(pool: DiscoveredPool): string {
  return `${pool.active} active, ${pool.dropped} dropped`;
}
