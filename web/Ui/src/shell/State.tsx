import type { ReactNode } from 'react';
import classes from './State.module.css';

type Tone = 'ok' | 'warn' | 'bad' | 'none';

const tones: Record<string, Tone> = {
  firing: 'bad',
  pending: 'warn',
  inactive: 'ok',
  up: 'ok',
  active: 'ok',
  down: 'bad',
  ok: 'ok',
  err: 'bad',
};

export const toneOf = (state: string): Tone => tones[state] ?? 'none';

/** Colour never stands alone: the mark's shape differs too, and the word stands beside it. */
export function StateDot({ state }: { state: string }) {
  const tone = toneOf(state);
  return (
    <svg className={classes.dot} data-tone={tone} width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      {tone === 'bad' ? <path d="M5 .4 9.8 9H.2Z" /> : tone === 'warn' ? <path d="M5 .2 9.8 5 5 9.8.2 5Z" /> : tone === 'ok' ? <circle cx="5" cy="5" r="4.2" /> : <circle cx="5" cy="5" r="3.4" className={classes.ring} />}
    </svg>
  );
}

export function StateBadge({ state, children }: { state: string; children?: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={toneOf(state)}>
      <StateDot state={state} />
      {children ?? state}
    </span>
  );
}
