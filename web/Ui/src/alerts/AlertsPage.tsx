import type { RuleGroup } from '../api/types';
import { usePolled } from '../api/usePolled';
import { GroupTiming } from '../rules/GroupTiming';
import { Updated } from '../shell/Age';
import { SearchField, StateChips } from '../shell/Filters';
import { Page } from '../shell/Page';
import pageClasses from '../shell/Page.module.css';
import { useParameter } from '../shell/router';
import { Section } from '../shell/Section';
import { AlertRule } from './AlertRule';
import { alertStates, countStates, filterRules } from './filterRules';

const pollMs = 3_000;

export default function AlertsPage() {
  const polled = usePolled<{ groups: RuleGroup[] }>('rules?type=alert', pollMs);
  const [state, setState] = useParameter('state');
  const [search, setSearch] = useParameter('search');
  const groups = polled.data?.groups ?? [];
  const states = state.split(',').filter(Boolean);
  const counts = countStates(groups);
  const shown = filterRules(groups, states, search);

  const tools = (
    <>
      <StateChips label="States" options={alertStates.map(s => ({ state: s, count: counts[s] }))} chosen={states} onChange={next => setState(next.join(','))} />
      <SearchField label="Search rules and labels" value={search} onChange={setSearch} />
      <span className={pageClasses.updated}>
        <Updated at={polled.receivedAt} />
      </span>
    </>
  );
  return (
    <Page title="Alerts" tools={tools} polled={polled}>
      <div data-testid="alerts-list">
        {shown.map(({ group, rules }) => (
          <Section
            key={`${group.file}\n${group.name}`}
            title={group.name}
            detail={group.file}
            aside={<GroupTiming group={group} />}
          >
            {rules.map((rule, i) => (
              <AlertRule key={`${rule.name}${i}`} rule={rule} />
            ))}
          </Section>
        ))}
        {shown.length === 0 && (
          <div className={pageClasses.empty}>{groups.length === 0 ? 'No alerting rules are loaded: name their files under rule_files, or write groups under rules.' : 'No rule matches the filters.'}</div>
        )}
      </div>
    </Page>
  );
}
