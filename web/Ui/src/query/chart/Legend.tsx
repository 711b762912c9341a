import { useComputedColorScheme } from '@mantine/core';
import type { MouseEvent } from 'react';
import { formatValue } from '../../format/values';
import { seriesColor } from './colors';
import classes from './Legend.module.css';
import type { LegendNames } from './legendNames';
import type { ColumnSummary } from './matrix';

interface LegendProps {
  names: LegendNames;
  summaries: ColumnSummary[];
  hidden: ReadonlySet<number>;
  onHidden: (hidden: ReadonlySet<number>) => void;
  onFocus: (index: number | null) => void;
}

/** A click shows or hides a series, Ctrl+click leaves only this one; pointing at one brings it forward. */
export function Legend({ names, summaries, hidden, onHidden, onFocus }: LegendProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const toggle = (event: MouseEvent, index: number) => {
    const all = names.names.map((_, i) => i);
    const onlyThis = all.every(i => (i === index) !== hidden.has(i));
    if (event.ctrlKey || event.metaKey) return onHidden(onlyThis ? new Set() : new Set(all.filter(i => i !== index)));
    const next = new Set(hidden);
    if (!next.delete(index)) next.add(index);
    onHidden(next);
  };

  return (
    <div className={classes.box} onPointerLeave={() => onFocus(null)}>
      {names.common && <div className={`${classes.common} mono`}>{names.common}</div>}
      <table className={classes.table} data-testid="legend">
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">Last</th>
            <th scope="col">Min</th>
            <th scope="col">Max</th>
          </tr>
        </thead>
        <tbody>
          {names.names.map((name, i) => (
            <tr key={i} data-hidden={hidden.has(i) || undefined} onPointerEnter={() => onFocus(hidden.has(i) ? null : i)}>
              <td>
                <button
                  type="button"
                  aria-pressed={!hidden.has(i)}
                  onClick={event => toggle(event, i)}
                  onFocus={() => onFocus(hidden.has(i) ? null : i)}
                  onBlur={() => onFocus(null)}
                >
                  <span className={classes.swatch} style={{ background: seriesColor(i, dark) }} />
                  <span className="mono">{name}</span>
                </button>
              </td>
              <Value value={summaries[i]?.last} />
              <Value value={summaries[i]?.min} />
              <Value value={summaries[i]?.max} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value }: { value: number | null | undefined }) {
  return <td className={classes.value}>{value == null ? '–' : formatValue(value)}</td>;
}
