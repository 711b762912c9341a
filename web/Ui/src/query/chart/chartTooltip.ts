import type uPlot from 'uplot';
import { formatTime } from '../../format/times';
import { formatValue } from '../../format/values';
import classes from './Chart.module.css';
import type { ChartSetup } from './chartOptions';

const maxRows = 10;

interface Row {
  index: number;
  value: number;
  /** Pixels between the drawn point and the cursor. */
  distance: number;
}

/** Time and values at the cursor, the nearest series first. Names of series are set as text, never as markup. */
export function tooltip(setup: ChartSetup): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = classes.tooltip!;
  box.hidden = true;
  return {
    hooks: {
      init: chart => chart.over.append(box),
      setCursor: chart => {
        const row = chart.cursor.idx;
        const rows = row == null || (chart.cursor.left ?? -1) < 0 ? [] : nearest(chart, setup, row);
        box.hidden = rows.length === 0;
        if (rows.length === 0) return;
        box.replaceChildren(...content(chart, setup, row!, rows));
        place(chart, box);
      },
    },
  };
}

function nearest(chart: uPlot, setup: ChartSetup, at: number): Row[] {
  const top = chart.cursor.top ?? 0;
  const rows: Row[] = [];
  setup.values.forEach((column, index) => {
    const value = column[at];
    const drawn = chart.data[index + 1]![at];
    if (value == null || drawn == null || !chart.series[index + 1]!.show) return;
    rows.push({ index, value, distance: Math.abs(chart.valToPos(drawn, 'y') - top) });
  });
  return rows.sort((a, b) => a.distance - b.distance);
}

function content(chart: uPlot, setup: ChartSetup, at: number, rows: Row[]): Node[] {
  const nodes: Node[] = [element('div', classes.time!, formatTime(chart.data[0][at]! * 1_000, setup.utc))];
  for (const { index, value } of rows.slice(0, maxRows)) {
    const line = element('div', classes.row!);
    const swatch = element('span', classes.swatch!);
    swatch.style.background = setup.colors[index]!;
    line.append(swatch, element('span', classes.name!, setup.names[index]!), element('span', classes.value!, formatValue(value)));
    nodes.push(line);
  }
  if (rows.length > maxRows) nodes.push(element('div', classes.more!, `and ${rows.length - maxRows} more`));
  return nodes;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function place(chart: uPlot, box: HTMLElement): void {
  const left = chart.cursor.left ?? 0;
  const top = chart.cursor.top ?? 0;
  const room = chart.over.clientWidth;
  const x = left + 16 + box.offsetWidth > room ? left - box.offsetWidth - 16 : left + 16;
  const y = Math.min(Math.max(4, top + 12), Math.max(4, chart.over.clientHeight - box.offsetHeight - 4));
  box.style.transform = `translate(${Math.max(4, Math.min(x, room - box.offsetWidth - 4))}px, ${y}px)`;
}
