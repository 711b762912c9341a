import uPlot from 'uplot';
import { axisLabels } from '../../format/values';
import { tooltip } from './chartTooltip';
import { seriesDash } from './colors';
import { type Column, isolatedRows } from './matrix';

export interface ChartSetup {
  host: HTMLElement;
  names: string[];
  /** The columns as the query gave them: what the tooltip shows, stacked or not. */
  values: Column[];
  hidden: ReadonlySet<number>;
  stacked: boolean;
  utc: boolean;
  colors: string[];
  onZoom: (startMs: number, endMs: number) => void;
  onReset: () => void;
}

/** Pixels: a narrower drag is a click that slipped. */
const leastZoomWidth = 6;
/** More dots at the cursor hide the lines. */
const maxCursorPoints = 20;
/** Dots on a line are drawn while they stand at least this many pixels apart. */
const dotSpacing = 14;

/** From this many points on, lines are thin and whole: wide or dashed ones took seconds to draw (50 series x 10,000). */
const densePoints = 60_000;

export function chartOptions(setup: ChartSetup): uPlot.Options {
  const style = getComputedStyle(setup.host);
  const text = style.getPropertyValue('--sl-muted');
  const line = style.getPropertyValue('--sl-line-soft');
  // uPlot reads the size from here, and whole numbers only.
  const font = '12px "Inter Variable", system-ui, sans-serif';
  const grid = { stroke: line, width: 1 };
  const axis: uPlot.Axis = { stroke: text, font, grid, ticks: { ...grid, size: 4 } };
  return {
    width: setup.host.clientWidth,
    height: setup.host.clientHeight,
    padding: [12, 12, 0, 0],
    legend: { show: false },
    focus: { alpha: 0.18 },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { show: setup.names.length <= maxCursorPoints, size: 7 },
      bind: { dblclick: () => () => (setup.onReset(), null) },
    },
    tzDate: seconds => (setup.utc ? uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC') : new Date(seconds * 1_000)),
    scales: { x: { time: true }, y: { range: valueRange } },
    axes: [
      { ...axis, space: 64, size: 44, lineGap: 1.5, values: timeFormats },
      { ...axis, size: axisWidth, values: (_, ticks) => axisLabels(ticks) },
    ],
    series: [{}, ...setup.names.map((name, i) => seriesOptions(setup, name, i))],
    bands: setup.stacked ? stackBands(setup) : [],
    hooks: { setSelect: [chart => zoomTo(chart, setup)] },
    plugins: [tooltip(setup)],
  };
}

/** Times of day on a 24-hour clock; the date stands below where it changes. */
const timeFormats: uPlot.Axis.Values = [
  [3600 * 24 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [3600 * 24 * 28, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [3600 * 24, '{DD} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{DD} {MMM}', null, '\n{DD} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{DD} {MMM}', null, '\n{DD} {MMM}', null, null, null, 1],
  [0.001, '{ss}.{fff}', '\n{DD} {MMM} {HH}:{mm}', null, null, null, null, null, 1],
];

/** uPlot's own range, except that a flat line at zero does not stand below a hundred empty units. */
function valueRange(_: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null || (min === 0 && max === 0)) return [0, 1];
  return uPlot.rangeNum(min, max, { min: { pad: 0.1, soft: 0, mode: 3 }, max: { pad: 0.1, soft: 0, mode: 3 } });
}

function axisWidth(_: uPlot, labels: string[] | null): number {
  const longest = Math.max(2, ...(labels ?? []).map(label => label.length));
  return longest * 7 + 16;
}

function seriesOptions(setup: ChartSetup, label: string, i: number): uPlot.Series {
  const stroke = setup.colors[i]!;
  const values = setup.values[i]!;
  const dense = values.length * setup.values.length > densePoints;
  const isolated = isolatedRows(values);
  return {
    label,
    stroke,
    width: dense ? 1 : 1.5,
    dash: dense ? undefined : seriesDash(i),
    show: !setup.hidden.has(i),
    spanGaps: false,
    fill: setup.stacked && i === firstShown(setup) ? `${stroke}40` : undefined,
    points: {
      size: 4,
      fill: stroke,
      // Lines say nothing about points without neighbours: those always get their dot.
      show: (chart, _, from, to) => isolated.length > 0 || (to - from) * dotSpacing < chart.bbox.width / devicePixelRatio,
      filter: (chart, _, shown) => {
        const count = chart.data[0].length;
        return shown && count * dotSpacing < chart.bbox.width / devicePixelRatio ? null : isolated;
      },
    },
  };
}

function firstShown(setup: ChartSetup): number {
  return setup.names.findIndex((_, i) => !setup.hidden.has(i));
}

function stackBands(setup: ChartSetup): uPlot.Band[] {
  const shown = setup.names.map((_, i) => i).filter(i => !setup.hidden.has(i));
  return shown.slice(1).map((upper, i) => ({ series: [upper + 1, shown[i]! + 1], fill: `${setup.colors[upper]}40` }));
}

function zoomTo(chart: uPlot, setup: ChartSetup): void {
  const { left, width } = chart.select;
  if (width < leastZoomWidth) return;
  const from = chart.posToVal(left, 'x') * 1_000;
  const to = chart.posToVal(left + width, 'x') * 1_000;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  setup.onZoom(Math.round(from), Math.round(to));
}
