import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { formatTime, parseTime } from '../../format/times';
import { CalendarIcon, CloseIcon, LeftIcon, RightIcon } from '../../shell/icons';
import { useSettings } from '../../shell/settings';
import classes from './Controls.module.css';

interface TimeFieldProps {
  label: string;
  value: number | null;
  onChange: (value: number | null) => void;
  /** What the arrows move by. */
  stepMs: number;
}

/** A moment, or now. Typed, picked in the browser's own calendar, or moved with the arrows. */
export function TimeField({ label, value, onChange, stepMs }: TimeFieldProps) {
  const { utc } = useSettings();
  const shown = value === null ? '' : formatTime(value, utc);
  const [text, setText] = useState(shown);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => setText(shown), [shown]);
  const parsed = text.trim() === '' ? null : parseTime(text, utc);
  const invalid = text.trim() !== '' && parsed === null;
  const commit = () => {
    if (!invalid && text !== shown) onChange(parsed);
  };
  const move = (by: number) => {
    const next = (value ?? Date.now()) + by;
    onChange(next >= Date.now() ? null : Math.round(next / 1_000) * 1_000);
  };

  return (
    <div className={classes.field}>
      <ActionIcon variant="default" size={30} aria-label={`${label} earlier`} onClick={() => move(-stepMs)}>
        <LeftIcon size={13} />
      </ActionIcon>
      <TextInput
        className={classes.time}
        size="xs"
        aria-label={label}
        placeholder="now"
        value={text}
        error={invalid}
        onChange={event => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={event => event.key === 'Enter' && commit()}
        rightSectionWidth={value === null ? 28 : 50}
        rightSection={
          <>
            {value !== null && (
              <ActionIcon variant="transparent" color="gray" size={22} aria-label={`${label}: back to now`} onClick={() => onChange(null)}>
                <CloseIcon size={12} />
              </ActionIcon>
            )}
            <Tooltip label="Choose a date and time">
              <ActionIcon variant="transparent" color="gray" size={22} aria-label={`${label}: calendar`} onClick={() => picker.current?.showPicker()}>
                <CalendarIcon size={14} />
              </ActionIcon>
            </Tooltip>
          </>
        }
      />
      <input
        ref={picker}
        className={classes.picker}
        type="datetime-local"
        step={1}
        tabIndex={-1}
        aria-hidden="true"
        value={formatTime(value ?? Date.now(), utc).slice(0, 19).replace(' ', 'T')}
        onChange={event => onChange(parseTime(event.currentTarget.value, utc))}
      />
      <ActionIcon variant="default" size={30} aria-label={`${label} later`} disabled={value === null} onClick={() => move(stepMs)}>
        <RightIcon size={13} />
      </ActionIcon>
    </div>
  );
}
