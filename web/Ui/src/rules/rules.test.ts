import { describe, expect, it } from 'vitest';
import type { RecordingRule, RuleGroup } from '../api/types';
import { countHealth, filterRules } from './filterRules';

const rule = (name: string, health: string): RecordingRule => ({
  type: 'recording',
  name,
  query: `sum(${name})`,
  health,
  evaluationTime: 0,
  lastEvaluation: '',
  labels: { team: 'x' },
});
const group = (name: string, ...rules: RuleGroup['rules']): RuleGroup => ({ name, file: `${name}.yml`, interval: 5, rules, evaluationTime: 0, lastEvaluation: '' });

const groups = [group('b', rule('one', 'ok'), rule('two', 'err')), group('a', rule('three', 'unknown')), group('none')];
const names = (health: string[], search: string) => filterRules(groups, health, search).map(g => [g.group.name, ...g.rules.map(r => r.name)]);

describe('filterRules', () => {
  it('keeps the order of groups and rules', () => expect(names([], '')).toEqual([['b', 'one', 'two'], ['a', 'three'], ['none']]));

  it.each([
    [['err'], '', [['b', 'two']]],
    [['ok', 'unknown'], '', [['b', 'one'], ['a', 'three']]],
    [[], 'sum(two)', [['b', 'two']]],
    [[], 'team=x a.yml', [['a', 'three']]],
    [[], 'nothing', []],
  ])('%j %s', (health, search, expected) => expect(names(health, search)).toEqual(expected));

  it('counts health', () => expect(countHealth(groups)).toEqual({ ok: 1, err: 1, unknown: 1 }));
});
