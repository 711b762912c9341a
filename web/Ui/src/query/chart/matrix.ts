import type { MatrixSeries } from '../../api/types';
import { parseSampleValue } from '../../format/values';

export type Column = (number | null)[];

/** A range result as columns over one time axis, as charts want it. Nulls are gaps. */
export interface AlignedMatrix {
  times: number[];
  columns: Column[];
  /** Points that a chart cannot show: NaN and infinities. */
  nonFinite: number;
  /** Series that hold native histograms only. */
  histograms: number;
}

export function alignMatrix(series: readonly MatrixSeries[], startMs: number, endMs: number, stepMs: number): AlignedMatrix {
  const count = Math.floor((endMs - startMs) / stepMs + 1e-9) + 1;
  const times = Array.from({ length: count }, (_, i) => (startMs + i * stepMs) / 1_000);
  const aligned: AlignedMatrix = { times, columns: [], nonFinite: 0, histograms: 0 };
  for (const one of series) {
    const column: Column = new Array<number | null>(count).fill(null);
    for (const [seconds, text] of one.values ?? []) {
      const row = Math.round((seconds * 1_000 - startMs) / stepMs);
      const value = parseSampleValue(text);
      if (!Number.isFinite(value)) aligned.nonFinite++;
      else if (row >= 0 && row < count) column[row] = value;
    }
    if (!one.values?.length && one.histograms?.length) aligned.histograms++;
    aligned.columns.push(column);
  }
  return aligned;
}

/** Each shown column becomes the sum of itself and those below it; gaps count as nothing. Hidden columns stay as they are. */
export function stack(columns: readonly Column[], hidden: ReadonlySet<number>): Column[] {
  const rows = columns[0]?.length ?? 0;
  const total = new Float64Array(rows);
  return columns.map((column, index) => {
    if (hidden.has(index)) return column;
    return column.map((value, row) => (value === null ? null : (total[row] = total[row]! + value)));
  });
}

/** Rows with no neighbour on either side: no line reaches them, so they are drawn as dots. */
export function isolatedRows(column: Column): number[] {
  const rows: number[] = [];
  for (let i = 0; i < column.length; i++)
    if (column[i] != null && column[i - 1] == null && column[i + 1] == null) rows.push(i);
  return rows;
}

export interface ColumnSummary {
  last: number | null;
  min: number | null;
  max: number | null;
}

export function summarise(column: Column): ColumnSummary {
  const summary: ColumnSummary = { last: null, min: null, max: null };
  for (const value of column) {
    if (value === null) continue;
    summary.last = value;
    if (summary.min === null || value < summary.min) summary.min = value;
    if (summary.max === null || value > summary.max) summary.max = value;
  }
  return summary;
}
