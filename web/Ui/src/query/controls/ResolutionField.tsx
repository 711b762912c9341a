import { Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatDuration, parseDuration } from '../../format/durations';
import classes from './Controls.module.css';
import type { Density, Resolution } from '../panel';

const densities: Record<string, Density> = { 'Low resolution': 'low', 'Medium resolution': 'medium', 'High resolution': 'high' };
const steps = ['1s', '5s', '10s', '15s', '30s', '1m', '5m', '15m', '1h'];

function textOf(resolution: Resolution): string {
  if (resolution.kind === 'fixed') return formatDuration(resolution.stepMs);
  return Object.keys(densities).find(name => densities[name] === resolution.density)!;
}

function read(text: string): Resolution | null {
  const density = densities[text];
  if (density) return { kind: 'auto', density };
  const stepMs = parseDuration(text);
  return stepMs === null ? null : { kind: 'fixed', stepMs };
}

/** A density that follows the range, or a fixed step. */
export function ResolutionField({ value, onChange }: { value: Resolution; onChange: (resolution: Resolution) => void }) {
  const shown = textOf(value);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const commit = (typed: string) => {
    const next = read(typed);
    if (next !== null && textOf(next) !== shown) onChange(next);
  };
  return (
    <Autocomplete
      className={classes.resolution}
      size="xs"
      aria-label="Resolution, or a step such as 15s"
      data={[
        { group: 'Follows the range', items: Object.keys(densities) },
        { group: 'Fixed step', items: steps },
      ]}
      filter={({ options }) => options}
      value={text}
      error={read(text) === null}
      onChange={setText}
      onOptionSubmit={commit}
      onBlur={() => commit(text)}
      onKeyDown={event => event.key === 'Enter' && commit(text)}
    />
  );
}
