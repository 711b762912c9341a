import type { ReactNode } from 'react';
import { InfoIcon, WarningIcon } from './icons';
import classes from './Notice.module.css';

interface NoticeProps {
  kind: 'error' | 'warning' | 'info';
  title?: string;
  children: ReactNode;
  action?: ReactNode;
}

/** A message in the flow of a page. Its text is shown as text, line breaks kept. */
export function Notice({ kind, title, children, action }: NoticeProps) {
  return (
    <div className={classes.notice} data-kind={kind} role={kind === 'error' ? 'alert' : 'status'}>
      <span className={classes.icon}>{kind === 'info' ? <InfoIcon /> : <WarningIcon />}</span>
      <div className={classes.text}>
        {title && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
      {action}
    </div>
  );
}
