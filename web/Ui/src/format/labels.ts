export type LabelSet = Record<string, string>;

const plainName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const plainMetricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

function quote(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** Names beyond the classic character set are quoted, as PromQL wants them. */
export function labelName(name: string): string {
  return plainName.test(name) ? name : quote(name);
}

/** All labels but the metric's name, in the order of their names. */
export function labelPairs(labels: LabelSet): [name: string, value: string][] {
  return Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const firstAnnotations = ['summary', 'message', 'description'];

/** Annotations with those that say what is wrong before the others. */
export function annotationPairs(annotations: LabelSet): [name: string, value: string][] {
  const place = (name: string) => (firstAnnotations.includes(name) ? firstAnnotations.indexOf(name) : firstAnnotations.length);
  return Object.entries(annotations).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** The selector that finds exactly this series: `up{job="node"}`. */
export function seriesText(labels: LabelSet): string {
  const name = labels.__name__ ?? '';
  const pairs = labelPairs(labels).map(([label, value]) => `${labelName(label)}=${quote(value)}`);
  if (name !== '' && !plainMetricName.test(name)) return `{${[quote(name), ...pairs].join(', ')}}`;
  if (pairs.length === 0) return name === '' ? '{}' : name;
  return `${name}{${pairs.join(', ')}}`;
}

/** Splits a result's labels into what all series share and what tells them apart: legends show only the second. */
export function splitCommon(series: readonly LabelSet[]): { common: LabelSet; rest: LabelSet[] } {
  const first = series[0];
  if (!first || series.length === 1) return { common: {}, rest: [...series] };
  const common = Object.fromEntries(Object.entries(first).filter(([name, value]) => series.every(other => other[name] === value)));
  const rest = series.map(labels => Object.fromEntries(Object.entries(labels).filter(([name]) => !(name in common))));
  return { common, rest };
}

/** Whether every word of a search occurs in the text or the labels (as `name=value`), whatever the case. */
export function matchesSearch(search: string, texts: readonly string[], labels: LabelSet = {}): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const haystack = [...texts, ...Object.entries(labels).flatMap(([name, value]) => [`${name}=${value}`, `${name}="${value}"`])]
    .join('\n')
    .toLowerCase();
  return words.every(word => haystack.includes(word));
}
