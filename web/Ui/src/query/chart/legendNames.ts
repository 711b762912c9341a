import { labelPairs, labelName, type LabelSet, seriesText, splitCommon } from '../../format/labels';

export interface LegendNames {
  /** What all series share, as one selector; empty for a single series or when they share nothing. */
  common: string;
  /** What tells each apart. */
  names: string[];
}

export function legendNames(series: readonly LabelSet[]): LegendNames {
  if (series.length < 2) return { common: '', names: series.map(seriesText) };
  const { common, rest } = splitCommon(series);
  return { common: Object.keys(common).length === 0 ? '' : seriesText(common), names: rest.map(shortName) };
}

function shortName(labels: LabelSet): string {
  const pairs = labelPairs(labels).map(([name, value]) => `${labelName(name)}="${value}"`);
  return [labels.__name__, pairs.join(', ')].filter(Boolean).join(' ') || '{}';
}
