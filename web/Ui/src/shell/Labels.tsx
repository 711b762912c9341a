import { labelName, labelPairs, type LabelSet } from '../format/labels';
import classes from './Labels.module.css';

/** A series or a label set as people read it: the metric's name, then the pairs. Everything is text. */
export function Labels({ labels, hide = [] }: { labels: LabelSet; hide?: readonly string[] }) {
  const pairs = labelPairs(labels).filter(([name]) => !hide.includes(name));
  return (
    <span className={classes.labels}>
      {labels.__name__ && <span className={classes.metric}>{labels.__name__}</span>}
      {pairs.map(([name, value]) => (
        <span key={name} className={classes.pair}>
          <span className={classes.name}>{labelName(name)}</span>
          <span className={classes.equals}>=</span>
          <span className={classes.value}>{value === '' ? '""' : value}</span>
        </span>
      ))}
      {!labels.__name__ && pairs.length === 0 && <span className="muted">no labels</span>}
    </span>
  );
}
