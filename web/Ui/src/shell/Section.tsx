import { type ReactNode, useId, useState } from 'react';
import { RightIcon } from './icons';
import classes from './Page.module.css';

interface SectionProps {
  title: string;
  /** Said beside the title, quietly. */
  detail?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}

/** A card that folds. */
export function Section({ title, detail, aside, children }: SectionProps) {
  const [open, setOpen] = useState(true);
  const body = useId();
  return (
    <section className={classes.section}>
      <button type="button" className={classes.sectionHead} aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
        <span className={classes.chevron}>
          <RightIcon size={12} />
        </span>
        <h2>{title}</h2>
        <span className={classes.dim}>{detail}</span>
        <span className={classes.aside}>{aside}</span>
      </button>
      {open && (
        <div id={body} className={classes.body}>
          {children}
        </div>
      )}
    </section>
  );
}
