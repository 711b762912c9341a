import type { ReactNode } from 'react';
import type { Polled } from '../api/usePolled';
import { Notice } from '../shell/Notice';
import pageClasses from '../shell/Page.module.css';

/** What one endpoint answers, or why it does not. */
export function Remote<T>({ polled, children }: { polled: Polled<T>; children: (data: T) => ReactNode }) {
  return (
    <>
      {polled.error && (
        <div className={pageClasses.notice}>
          <Notice kind="error" title={polled.data === undefined ? undefined : 'What is shown may be out of date'}>
            {polled.error}
          </Notice>
        </div>
      )}
      {polled.data !== undefined ? children(polled.data) : !polled.error && <p className="muted">Loading…</p>}
    </>
  );
}
