import { describe, expect, it } from 'vitest';
import type { AlertingRule, AlertState, RuleGroup } from '../api/types';
import { countStates, filterRules, inOrder } from './filterRules';

const rule = (name: string, state: AlertState, instances: string[] = []): AlertingRule => ({
  type: 'alerting',
  name,
  query: 'up == 0',
  state,
  duration: 0,
  health: 'ok',
  evaluationTime: 0,
  lastEvaluation: '',
  labels: { severity: 'page' },
  alerts: instances.map(instance => ({ labels: { instance }, annotations: {}, state, value: '1' })),
});
const group = (name: string, ...rules: RuleGroup['rules']): RuleGroup => ({ name, file: `${name}.yml`, interval: 5, rules, evaluationTime: 0, lastEvaluation: '' });

const groups = [
  group('quiet', rule('Calm', 'inactive'), { ...rule('r', 'inactive'), type: 'recording' } as RuleGroup['rules'][number]),
  group('loud', rule('Later', 'pending'), rule('Down', 'firing', ['a:1', 'b:2'])),
];
const names = (states: string[], search: string) => filterRules(groups, states, search).map(g => [g.group.name, ...g.rules.map(r => r.name)]);

describe('filterRules', () => {
  it('puts first what needs attention and leaves out recording rules', () =>
    expect(names([], '')).toEqual([['loud', 'Down', 'Later'], ['quiet', 'Calm']]));

  it.each([
    [['pending'], '', [['loud', 'Later']]],
    [['firing', 'inactive'], '', [['loud', 'Down'], ['quiet', 'Calm']]],
    [[], 'instance=b:2', [['loud', 'Down']]],
    [[], 'severity="page" calm', [['quiet', 'Calm']]],
    [[], 'loud.yml', [['loud', 'Down', 'Later']]],
    [[], 'nothing', []],
  ])('%j %s', (states, search, expected) => expect(names(states, search)).toEqual(expected));

  it('puts a rule that fails before those that are calm', () => {
    const calm = rule('Calm', 'inactive');
    const failing = { ...rule('Failing', 'inactive'), health: 'err' };
    expect(filterRules([group('g', calm, failing)], [], '')[0]!.rules.map(r => r.name)).toEqual(['Failing', 'Calm']);
  });

  it('counts states', () => expect(countStates(groups)).toEqual({ firing: 1, pending: 1, inactive: 1, unknown: 0 }));
});

it('inOrder puts firing alerts first and keeps places between answers', () => {
  const alerts = [...rule('x', 'pending', ['a', 'c']).alerts!, ...rule('y', 'firing', ['d', 'b']).alerts!];
  expect(inOrder(alerts).map(a => a.labels.instance)).toEqual(['b', 'd', 'a', 'c']);
});
