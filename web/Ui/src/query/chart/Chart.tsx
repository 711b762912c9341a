import { useComputedColorScheme } from '@mantine/core';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import classes from './Chart.module.css';
import { chartOptions } from './chartOptions';
import { seriesColor } from './colors';
import { type AlignedMatrix, stack } from './matrix';

export interface ChartProps {
  data: AlignedMatrix;
  names: string[];
  hidden: ReadonlySet<number>;
  /** The series to bring forward, or null for none. */
  focused: number | null;
  stacked: boolean;
  utc: boolean;
  onZoom: (startMs: number, endMs: number) => void;
  onReset: () => void;
}

/** uPlot in React: a new plot for new data, small changes (shown, focused, size) made on the one that stands. */
export function Chart({ data, names, hidden, focused, stacked, utc, onZoom, onReset }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const actions = useRef({ onZoom, onReset });
  actions.current = { onZoom, onReset };
  const dark = useComputedColorScheme('light') === 'dark';
  // A hidden series changes every sum above it; without stacking it is only switched off.
  const restack = stacked ? [...hidden].join() : '';

  useLayoutEffect(() => {
    const element = host.current!;
    const columns = stacked ? stack(data.columns, hidden) : data.columns;
    const options = chartOptions({
      host: element,
      names,
      values: data.columns,
      hidden,
      stacked,
      utc,
      colors: names.map((_, i) => seriesColor(i, dark)),
      onZoom: (from, to) => actions.current.onZoom(from, to),
      onReset: () => actions.current.onReset(),
    });
    plot.current = new uPlot(options, [data.times, ...columns] as uPlot.AlignedData, element);
    // Text drawn before the page's font has arrived is in another one.
    void document.fonts.ready.then(() => plot.current?.redraw(false, true));
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [data, names, stacked, restack, utc, dark]);

  useEffect(() => {
    if (stacked) return;
    const chart = plot.current;
    chart?.batch(() => data.columns.forEach((_, i) => {
      if (chart.series[i + 1]!.show === hidden.has(i)) chart.setSeries(i + 1, { show: !hidden.has(i) });
    }));
  }, [hidden, stacked, data]);

  useEffect(() => {
    const series = focused === null ? null : focused + 1;
    plot.current?.setSeries(series as number, { focus: series !== null });
  }, [focused]);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const element = host.current;
      if (element && plot.current) plot.current.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, []);

  return (
    <div
      ref={host}
      className={classes.chart}
      data-testid="graph"
      tabIndex={0}
      role="img"
      aria-label={`Graph of ${names.length} series. Left and right arrow keys read values.`}
      onKeyDown={event => moveCursor(event, plot.current, onReset)}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    />
  );
}

function moveCursor(event: KeyboardEvent, chart: uPlot | null, onReset: () => void): void {
  if (event.key === 'Escape') return onReset();
  if (!chart || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
  event.preventDefault();
  const times = chart.data[0];
  const forward = event.key === 'ArrowRight';
  const at = chart.cursor.idx ?? (forward ? -1 : times.length);
  const next = Math.max(0, Math.min(times.length - 1, at + (forward ? 1 : -1)));
  chart.setCursor({ left: chart.valToPos(times[next]!, 'x'), top: Math.max(0, chart.cursor.top ?? 0) });
}
