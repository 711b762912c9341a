import { TextInput } from '@mantine/core';
import { SearchIcon } from './icons';
import classes from './Page.module.css';
import { StateDot } from './State';

interface ChipsProps {
  label: string;
  options: { state: string; count: number }[];
  /** States that are shown; none means all. */
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

export function StateChips({ label, options, chosen, onChange }: ChipsProps) {
  const toggle = (state: string) => onChange(chosen.includes(state) ? chosen.filter(s => s !== state) : [...chosen, state]);
  return (
    <div className={classes.chips} role="group" aria-label={label}>
      {options.map(({ state, count }) => (
        <button key={state} type="button" className={classes.chip} aria-pressed={chosen.includes(state)} onClick={() => toggle(state)}>
          <StateDot state={state} />
          {state}
          <b>{count}</b>
        </button>
      ))}
    </div>
  );
}

export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      className={classes.search}
      size="xs"
      data-search=""
      wrapperProps={{ 'data-search': '' }}
      aria-label={label}
      placeholder={`${label}  ( / )`}
      leftSection={<SearchIcon size={13} />}
      value={value}
      onChange={event => onChange(event.currentTarget.value)}
    />
  );
}
