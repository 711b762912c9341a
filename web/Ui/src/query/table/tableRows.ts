import type { NativeHistogram, QueryData } from '../../api/types';
import type { LabelSet } from '../../format/labels';

export interface TableRow {
  labels: LabelSet | null;
  /** One line per sample: a single one for instant results, `value @seconds` for a range. */
  lines: string[];
}

/** Lines of one cell: a day of a range selector would otherwise be thousands. */
const maxLines = 200;

export function tableRows(data: QueryData): TableRow[] {
  switch (data.resultType) {
    case 'scalar':
    case 'string':
      return [{ labels: null, lines: [data.result[1]] }];
    case 'vector':
      return data.result.map(one => ({ labels: one.metric, lines: [one.histogram ? histogramText(one.histogram[1]) : (one.value?.[1] ?? '')] }));
    case 'matrix':
      return data.result.map(one => {
        const samples = [...(one.values ?? []), ...(one.histograms ?? [])].sort((a, b) => a[0] - b[0]);
        const lines = samples.slice(-maxLines).map(([at, value]) => `${typeof value === 'string' ? value : histogramText(value)} @${at}`);
        return { labels: one.metric, lines: samples.length > maxLines ? [`… ${samples.length - maxLines} earlier`, ...lines] : lines };
      });
  }
}

function histogramText(histogram: NativeHistogram): string {
  return `count ${histogram.count}, sum ${histogram.sum}, ${histogram.buckets?.length ?? 0} buckets`;
}

/** The rows as tab-separated text, for a spreadsheet. */
export function tableText(rows: readonly TableRow[], name: (labels: LabelSet) => string): string {
  return rows.map(row => `${row.labels ? name(row.labels) : ''}\t${row.lines.join(' ')}`).join('\n');
}
