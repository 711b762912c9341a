import type { Alert, AlertingRule, AlertState, RuleGroup } from '../api/types';
import { matchesSearch, seriesText } from '../format/labels';

export interface AlertGroup {
  group: RuleGroup;
  rules: AlertingRule[];
}

export const alertStates: AlertState[] = ['firing', 'pending', 'inactive'];

const weight: Record<AlertState, number> = { firing: 0, pending: 1, unknown: 2, inactive: 3 };

export function alertingRules(group: RuleGroup): AlertingRule[] {
  return group.rules.filter(rule => rule.type === 'alerting');
}

export function countStates(groups: readonly RuleGroup[]): Record<AlertState, number> {
  const counts: Record<AlertState, number> = { firing: 0, pending: 0, inactive: 0, unknown: 0 };
  for (const group of groups) for (const rule of alertingRules(group)) counts[rule.state]++;
  return counts;
}

/** Groups with what the filters leave of their rules, those that need attention first. No state chosen means all. */
export function filterRules(groups: readonly RuleGroup[], states: readonly string[], search: string): AlertGroup[] {
  return groups
    .map(group => ({ group, rules: alertingRules(group).filter(rule => isShown(rule, group, states, search)).sort(byState) }))
    .filter(({ rules }) => rules.length > 0)
    .sort((a, b) => byState(a.rules[0]!, b.rules[0]!));
}

function byState(a: AlertingRule, b: AlertingRule): number {
  return urgency(a) - urgency(b);
}

// A rule that fails stands with the pending ones: nobody knows what it would say.
function urgency(rule: AlertingRule): number {
  return rule.health === 'err' ? Math.min(weight[rule.state], weight.pending) : weight[rule.state];
}

function isShown(rule: AlertingRule, group: RuleGroup, states: readonly string[], search: string): boolean {
  if (states.length > 0 && !states.includes(rule.state)) return false;
  const texts = [rule.name, rule.query, group.name, group.file];
  return (
    matchesSearch(search, texts, rule.labels) || (rule.alerts ?? []).some(alert => matchesSearch(search, texts, alert.labels))
  );
}

/** Firing before pending, then by labels: the server's order may differ from one answer to the next. */
export function inOrder(alerts: readonly Alert[]): Alert[] {
  const keyed = alerts.map(alert => ({ alert, key: `${weight[alert.state]}${seriesText(alert.labels)}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ alert }) => alert);
}
