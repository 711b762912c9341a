import { formatDuration, parseDuration } from '../format/durations';
import { formatTime, parseTime } from '../format/times';

export type Density = 'low' | 'medium' | 'high';
export type Resolution = { kind: 'auto'; density: Density } | { kind: 'fixed'; stepMs: number };
export type Tab = 'table' | 'graph' | 'explain';

/** One query as the address describes it. An end of null is "now", whenever the query runs. */
export interface PanelState {
  expr: string;
  tab: Tab;
  rangeMs: number;
  endMs: number | null;
  resolution: Resolution;
  stacked: boolean;
}

export const defaultPanel: PanelState = {
  expr: '',
  tab: 'graph',
  rangeMs: 3_600_000,
  endMs: null,
  resolution: { kind: 'auto', density: 'medium' },
  stacked: false,
};

/** An address may be written by anyone: more panels than this are not drawn. */
const maxPanels = 20;

/** Reads `g0.expr=...&g0.tab=...`, in which every Prometheus writes its links; unknown keys and bad values are left out. */
export function decodePanels(search: string): PanelState[] {
  const panels = new Map<number, PanelState>();
  for (const [key, value] of new URLSearchParams(search)) {
    const match = /^g(\d{1,3})\.(\w+)$/.exec(key);
    if (!match) continue;
    const index = Number(match[1]);
    // A link without a tab opens the table, as in Prometheus: its alerts link that way.
    const panel = panels.get(index) ?? { ...defaultPanel, tab: 'table' as const };
    panels.set(index, { ...panel, ...decodeField(match[2]!, value) });
  }
  return [...panels.entries()]
    .sort(([a], [b]) => a - b)
    .slice(0, maxPanels)
    .map(([, panel]) => panel);
}

function decodeField(field: string, value: string): Partial<PanelState> {
  switch (field) {
    case 'expr':
      return { expr: value };
    case 'tab':
      return { tab: value === 'explain' ? 'explain' : value === '0' || value === 'graph' ? 'graph' : 'table' };
    case 'range_input': {
      const rangeMs = parseDuration(value);
      return rangeMs === null ? {} : { rangeMs };
    }
    case 'end_input':
    case 'moment_input': {
      const endMs = parseTime(value, true);
      return endMs === null ? {} : { endMs };
    }
    case 'step_input':
    case 'res_step': {
      const stepMs = parseDuration(value);
      return stepMs === null ? {} : { resolution: { kind: 'fixed', stepMs } };
    }
    case 'res_density':
      return value === 'low' || value === 'medium' || value === 'high' ? { resolution: { kind: 'auto', density: value } } : {};
    case 'stacked':
      return { stacked: value === '1' };
    case 'display_mode':
      return { stacked: value === 'stacked' };
    default:
      return {};
  }
}

export function encodePanels(panels: readonly PanelState[]): string {
  const search = new URLSearchParams();
  panels.forEach((panel, i) => {
    const add = (field: string, value: string) => search.append(`g${i}.${field}`, value);
    add('expr', panel.expr);
    add('tab', panel.tab === 'explain' ? 'explain' : panel.tab === 'graph' ? '0' : '1');
    add('range_input', formatDuration(panel.rangeMs));
    if (panel.endMs !== null) add('end_input', formatTime(panel.endMs, true));
    if (panel.resolution.kind === 'fixed') add('step_input', String(panel.resolution.stepMs / 1_000));
    else if (panel.resolution.density !== 'medium') add('res_density', panel.resolution.density);
    if (panel.stacked) add('display_mode', 'stacked');
  });
  return search.toString();
}
