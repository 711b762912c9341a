import { ActionIcon, Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatDuration, parseDuration } from '../../format/durations';
import { MinusIcon, PlusIcon } from '../../shell/icons';
import classes from './Controls.module.css';
import { neighbourRange } from './resolution';

const usual = ['5m', '15m', '1h', '3h', '6h', '12h', '1d', '2d', '7d', '14d', '30d'];

export function RangeField({ value, onChange }: { value: number; onChange: (rangeMs: number) => void }) {
  const shown = formatDuration(value);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const parsed = parseDuration(text);
  const commit = (typed: string) => {
    const range = parseDuration(typed);
    if (range !== null && range !== value) onChange(range);
  };
  return (
    <div className={classes.field}>
      <ActionIcon variant="default" size={30} aria-label="Shorter range" onClick={() => onChange(neighbourRange(value, -1))}>
        <MinusIcon size={13} />
      </ActionIcon>
      <Autocomplete
        className={classes.range}
        size="xs"
        aria-label="Range"
        data={usual}
        filter={({ options }) => options}
        value={text}
        error={parsed === null}
        onChange={setText}
        onOptionSubmit={commit}
        onBlur={() => commit(text)}
        onKeyDown={event => event.key === 'Enter' && commit(text)}
      />
      <ActionIcon variant="default" size={30} aria-label="Longer range" onClick={() => onChange(neighbourRange(value, 1))}>
        <PlusIcon size={13} />
      </ActionIcon>
    </div>
  );
}
