import type { ReactNode } from 'react';
import classes from './Panel.module.css';

export function Empty({ children }: { children: ReactNode }) {
  return <div className={classes.empty}>{children}</div>;
}
