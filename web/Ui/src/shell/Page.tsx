import type { ReactNode } from 'react';
import type { Polled } from '../api/usePolled';
import { Notice } from './Notice';
import classes from './Page.module.css';

interface PageProps {
  title: string;
  /** Filters and the like, beside the title. */
  tools?: ReactNode;
  polled?: Pick<Polled<unknown>, 'error' | 'data'>;
  children: ReactNode;
}

/** The frame of a page that shows what the server reports: title, tools, and a notice while it does not answer. */
export function Page({ title, tools, polled, children }: PageProps) {
  return (
    <div>
      <header className={classes.head}>
        <h1>{title}</h1>
        {tools}
      </header>
      {polled?.error && (
        <div className={classes.notice}>
          <Notice kind="error" title={polled.data === undefined ? undefined : 'What is shown may be out of date'}>
            {polled.error}
          </Notice>
        </div>
      )}
      {polled && polled.data === undefined && !polled.error ? <p className="muted">Loading…</p> : children}
    </div>
  );
}
