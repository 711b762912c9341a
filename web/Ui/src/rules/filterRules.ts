import type { Rule, RuleGroup } from '../api/types';
import { matchesSearch } from '../format/labels';

export interface ShownGroup {
  group: RuleGroup;
  rules: Rule[];
}

export type Health = 'ok' | 'err' | 'unknown';

export const healthStates: Health[] = ['ok', 'err', 'unknown'];

/** What the server may say beside ok and err means a rule that has not been evaluated yet. */
export function healthOf(rule: Rule): Health {
  return rule.health === 'ok' || rule.health === 'err' ? rule.health : 'unknown';
}

export function countHealth(groups: readonly RuleGroup[]): Record<Health, number> {
  const counts: Record<Health, number> = { ok: 0, err: 0, unknown: 0 };
  for (const group of groups) for (const rule of group.rules) counts[healthOf(rule)]++;
  return counts;
}

/** Groups in the order of their files with what the filters leave of their rules, in the order of evaluation; an empty group is shown without filters. */
export function filterRules(groups: readonly RuleGroup[], health: readonly string[], search: string): ShownGroup[] {
  return groups
    .map(group => ({ group, rules: group.rules.filter(rule => isShown(rule, group, health, search)) }))
    .filter(({ rules }) => rules.length > 0 || (health.length === 0 && search.trim() === ''));
}

function isShown(rule: Rule, group: RuleGroup, health: readonly string[], search: string): boolean {
  if (health.length > 0 && !health.includes(healthOf(rule))) return false;
  return matchesSearch(search, [rule.name, rule.query, group.name, group.file], rule.labels);
}
