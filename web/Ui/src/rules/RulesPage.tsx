import type { RuleGroup } from '../api/types';
import { usePolled } from '../api/usePolled';
import { Updated } from '../shell/Age';
import { SearchField, StateChips } from '../shell/Filters';
import { Page } from '../shell/Page';
import pageClasses from '../shell/Page.module.css';
import { useParameter } from '../shell/router';
import { Section } from '../shell/Section';
import { countHealth, filterRules, healthStates } from './filterRules';
import { GroupTiming } from './GroupTiming';
import { RuleTable } from './RuleTable';

const pollMs = 5_000;

/** Every rule of every group, whether it works and what it costs. */
export default function RulesPage() {
  const polled = usePolled<{ groups: RuleGroup[] }>('rules', pollMs);
  const [health, setHealth] = useParameter('health');
  const [search, setSearch] = useParameter('search');
  const groups = polled.data?.groups ?? [];
  const chosen = health.split(',').filter(Boolean);
  const counts = countHealth(groups);
  const shown = filterRules(groups, chosen, search);

  const tools = (
    <>
      <StateChips label="Health" options={healthStates.map(state => ({ state, count: counts[state] }))} chosen={chosen} onChange={next => setHealth(next.join(','))} />
      <SearchField label="Search rules and labels" value={search} onChange={setSearch} />
      <span className={pageClasses.updated}>
        <Updated at={polled.receivedAt} />
      </span>
    </>
  );
  return (
    <Page title="Rules" tools={tools} polled={polled}>
      {shown.map(({ group, rules }) => (
        <Section key={`${group.file}\n${group.name}`} title={group.name} detail={group.file} aside={<GroupTiming group={group} />}>
          <RuleTable rules={rules} />
        </Section>
      ))}
      {shown.length === 0 && (
        <div className={pageClasses.empty}>
          {groups.length === 0 ? 'No rules are loaded: name their files under rule_files, or write groups under rules.' : 'No rule matches the filters.'}
        </div>
      )}
    </Page>
  );
}
