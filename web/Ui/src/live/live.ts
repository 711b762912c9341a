import type { LabelSet } from '../format/labels';

export interface LiveSample {
  source: string;
  metric: LabelSet;
  timestamp: number;
  value: string;
}

/** What the server sends five times a second: a choice of samples, and counts since the tail began. */
export interface LiveWindow {
  seen: number;
  matched: number;
  shown: number;
  missedBatches: number;
  samples: LiveSample[];
}

export interface LiveRow extends LiveSample {
  id: number;
}

/** Rows that are kept: what a person may scroll back to. */
export const keptRows = 300;

/** Newest first, no more than are kept; ids go on counting so that a row stays the same row. */
export function addRows(rows: readonly LiveRow[], samples: readonly LiveSample[]): LiveRow[] {
  const next = (rows[0]?.id ?? 0) + 1;
  const added = samples.map((sample, i) => ({ ...sample, id: next + i })).reverse();
  return [...added, ...rows].slice(0, keptRows);
}

/** Several selectors stand in one field, one a line or parted by `;`. */
export function selectorsOf(text: string): string[] {
  return text
    .split(/[;\n]/)
    .map(part => part.trim())
    .filter(part => part !== '');
}

/** The event's text as a window; null for what is none. */
export function readWindow(data: string): LiveWindow | null {
  try {
    const window = JSON.parse(data) as LiveWindow;
    return Array.isArray(window.samples) ? window : null;
  } catch {
    return null;
  }
}
