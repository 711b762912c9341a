import type { RelabelRule, RelabelStep } from '../api/types';
import { type LabelSet, labelPairs } from '../format/labels';

export interface LabelChange {
  name: string;
  kind: 'added' | 'changed' | 'removed' | 'same';
  before?: string;
  after?: string;
}

/** Every label of either set, in the order of names, with what became of it. */
export function changesOf(before: LabelSet, after: LabelSet): LabelChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().map(name => {
    const [was, is] = [before[name], after[name]];
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : was === is ? 'same' : 'changed';
    return { name, kind, before: was, after: is };
  });
}

const selecting = ['keep', 'drop', 'keepequal', 'dropequal'];

export type StepEffect = 'changes' | 'keeps' | 'drops' | 'after drop';

/** What a rule did to the target that came to it. */
export function effectOf(steps: readonly RelabelStep[], index: number, discovered: LabelSet): StepEffect {
  const step = steps[index]!;
  if (!step.keep) return index > 0 && !steps[index - 1]!.keep ? 'after drop' : 'drops';
  return changesOf(inputOf(steps, index, discovered), step.output).some(change => change.kind !== 'same') ? 'changes' : 'keeps';
}

/** The labels that came to a rule. */
export function inputOf(steps: readonly RelabelStep[], index: number, discovered: LabelSet): LabelSet {
  return index === 0 ? discovered : steps[index - 1]!.output;
}

/** The effect in a few words. */
export function effectText(steps: readonly RelabelStep[], index: number, discovered: LabelSet): string {
  switch (effectOf(steps, index, discovered)) {
    case 'drops':
      return 'drops the target';
    case 'after drop':
      return 'not reached';
    case 'keeps':
      return selecting.includes(steps[index]!.rule.action) ? 'keeps the target' : 'changes nothing';
    case 'changes':
      return changesOf(inputOf(steps, index, discovered), steps[index]!.output)
        .filter(change => change.kind !== 'same')
        .map(change => `${{ added: '+', removed: '−', changed: '~', same: '' }[change.kind]}${change.name}`)
        .join(' ');
  }
}

/** The fields of a rule that matter to its action, defaults left out. */
export function ruleFields(rule: RelabelRule): [name: string, value: string][] {
  const usesRegex = !['keepequal', 'dropequal', 'hashmod', 'lowercase', 'uppercase'].includes(rule.action);
  const replaces = rule.action === 'replace' || rule.action === 'labelmap';
  const fields: [string, string | undefined][] = [
    ['source_labels', rule.source_labels?.length ? `[${rule.source_labels.join(', ')}]` : undefined],
    ['separator', rule.separator !== ';' && (rule.source_labels?.length ?? 0) > 1 ? JSON.stringify(rule.separator) : undefined],
    ['regex', usesRegex && rule.regex !== '(.*)' ? (rule.regex ?? '""') : undefined],
    ['modulus', rule.modulus === undefined ? undefined : String(rule.modulus)],
    ['target_label', rule.target_label],
    ['replacement', replaces && rule.replacement !== '$1' ? rule.replacement || '""' : undefined],
    ['action', rule.action],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== undefined);
}

/** What the target has in the end: labels that begin with __ are taken away, and instance is the address where nothing set it. */
export function finalLabels(steps: readonly RelabelStep[], discovered: LabelSet): LabelSet | null {
  const last = steps.length === 0 ? discovered : steps[steps.length - 1]!.keep ? steps[steps.length - 1]!.output : null;
  if (last === null) return null;
  const visible = Object.fromEntries(labelPairs(last).filter(([name]) => !name.startsWith('__')));
  return last.__address__ && !visible.instance ? { ...visible, instance: last.__address__ } : visible;
}
