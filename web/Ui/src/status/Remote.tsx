import type { ReactNode } from 'react';
import type { Polled } from '../api/usePolled';
import { Notice } from '../shell/Notice';

/** What one endpoint answers, or why it does not. */
export function Remote<T>({ polled, children }: { polled: Polled<T>; children: (data: T) => ReactNode }) {
  return (
    <>
      {polled.error && <Notice kind="error">{polled.error}</Notice>}
      {polled.data !== undefined ? children(polled.data) : !polled.error && <p className="muted">Loading…</p>}
    </>
  );
}
