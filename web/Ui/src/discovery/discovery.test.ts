import { describe, expect, it } from 'vitest';
import type { RelabelRule, RelabelStep, TargetsData } from '../api/types';
import { countStates, discoveredPools } from './discoveredPools';
import { changesOf, effectOf, effectText, finalLabels, inputOf, ruleFields } from './relabel';

const active = (scrapePool: string, address: string) => ({
  scrapePool,
  discoveredLabels: { __address__: address, __meta_consul_service: 'web' },
  labels: { instance: address, job: scrapePool },
  scrapeUrl: `http://${address}/metrics`,
  lastError: '',
  lastScrape: '',
  lastScrapeDuration: 0,
  health: 'up' as const,
});
const data: TargetsData = {
  activeTargets: [active('web', 'a:1'), active('web', 'b:1'), active('db', 'c:1')],
  droppedTargets: [{ scrapePool: 'web', discoveredLabels: { __address__: 'd:1', __meta_consul_tags: ',off,' } }],
  droppedTargetCounts: { web: 5, db: 0, empty: 0, broken: 0 },
  poolErrors: { broken: 'azure_sd_configs is not built yet' },
};
const shown = (chosen: string[], search: string) => discoveredPools(data, chosen, search).map(p => `${p.name}: ${p.targets.map(t => t.discovered.__address__).join(' ')}`);

describe('discoveredPools', () => {
  it.each([
    [[], '', ['broken: ', 'db: c:1', 'empty: ', 'web: a:1 b:1 d:1']],
    [['dropped'], '', ['web: d:1']],
    [['active'], 'job=web', ['web: a:1 b:1']],
    [[], 'off', ['web: d:1']],
    [[], 'empty', ['empty: ']],
    [['active'], 'empty', []],
    [[], 'nothing at all', []],
  ])('%j "%s"', (chosen, search, expected) => expect(shown(chosen, search)).toEqual(expected));

  it('counts what is dropped beyond what is kept', () => {
    expect(countStates(data)).toEqual({ active: 3, dropped: 5 });
    expect(discoveredPools(data, [], '').find(p => p.name === 'web')).toMatchObject({ active: 2, dropped: 5, unkept: 4 });
    expect(discoveredPools(data, [], '').find(p => p.name === 'broken')).toMatchObject({ error: 'azure_sd_configs is not built yet' });
  });

  it('knows an answer without the optional parts', () => expect(discoveredPools({ activeTargets: [active('x', 'a:1')] }, [], '')).toMatchObject([{ name: 'x', active: 1, dropped: 0, unkept: 0 }]));
});

const rule = (fields: Partial<RelabelRule>): RelabelRule => ({ action: 'replace', separator: ';', regex: '(.*)', replacement: '$1', ...fields });
const discovered = { __address__: 'a:1', env: 'x' };
const steps: RelabelStep[] = [
  { rule: rule({ target_label: 'zone', replacement: 'z' }), output: { ...discovered, zone: 'z' }, keep: true },
  { rule: rule({ action: 'keep', source_labels: ['zone'], regex: 'z' }), output: { ...discovered, zone: 'z' }, keep: true },
  { rule: rule({ action: 'labeldrop', regex: 'env' }), output: { __address__: 'a:1', zone: 'z' }, keep: true },
  { rule: rule({ action: 'drop', source_labels: ['zone'] }), output: {}, keep: false },
  { rule: rule({ target_label: 'late' }), output: {}, keep: false },
];

describe('relabelling', () => {
  it('tells what became of each label', () =>
    expect(changesOf({ a: '1', b: '1', c: '1' }, { b: '2', c: '1', d: '1' })).toEqual([
      { name: 'a', kind: 'removed', before: '1', after: undefined },
      { name: 'b', kind: 'changed', before: '1', after: '2' },
      { name: 'c', kind: 'same', before: '1', after: '1' },
      { name: 'd', kind: 'added', before: undefined, after: '1' },
    ]));

  it('tells what each rule did', () => {
    expect(steps.map((_, i) => effectOf(steps, i, discovered))).toEqual(['changes', 'keeps', 'changes', 'drops', 'after drop']);
    expect(steps.map((_, i) => effectText(steps, i, discovered))).toEqual(['+zone', 'keeps the target', '−env', 'drops the target', 'not reached']);
    expect(effectText([{ rule: rule({ action: 'labeldrop', regex: 'none' }), output: discovered, keep: true }], 0, discovered)).toBe('changes nothing');
    expect(inputOf(steps, 0, discovered)).toEqual(discovered);
    expect(inputOf(steps, 3, discovered)).toEqual({ __address__: 'a:1', zone: 'z' });
  });

  it.each([
    [rule({ target_label: 'a', source_labels: ['b', 'c'], separator: '' }), 'source_labels=[b, c] separator="" target_label=a action=replace'],
    [rule({ target_label: 'a', replacement: '' }), 'target_label=a replacement="" action=replace'],
    [rule({ action: 'hashmod', source_labels: ['b'], modulus: 4, target_label: 't' }), 'source_labels=[b] modulus=4 target_label=t action=hashmod'],
    [rule({ action: 'labelmap', regex: '__meta_(.+)' }), 'regex=__meta_(.+) action=labelmap'],
    [rule({ action: 'keep', source_labels: ['a'], regex: undefined }), 'source_labels=[a] regex="" action=keep'],
  ])('shows what matters of %j', (shownRule, expected) => expect(ruleFields(shownRule).map(([name, value]) => `${name}=${value}`).join(' ')).toBe(expected));

  it('ends with the labels of the samples', () => {
    expect(finalLabels(steps.slice(0, 2), discovered)).toEqual({ env: 'x', zone: 'z', instance: 'a:1' });
    expect(finalLabels(steps.slice(0, 4), discovered)).toBeNull();
    expect(finalLabels([], { __address__: 'a:1', instance: 'own' })).toEqual({ instance: 'own' });
  });
});
