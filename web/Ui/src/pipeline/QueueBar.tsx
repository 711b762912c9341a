import classes from './Pipeline.module.css';

/** How full an edge's queue is; amber from three quarters, red when senders wait. */
export function QueueBar({ queue, capacity }: { queue: number; capacity: number }) {
  const fill = capacity > 0 ? Math.min(1, queue / capacity) : 0;
  const level = fill >= 1 ? 'full' : fill >= 0.75 ? 'high' : 'low';
  return (
    <span className={classes.queue} role="img" aria-label={`Queue ${queue} of ${capacity}`} title={`Queue: ${queue} of ${capacity} batches`}>
      <span data-level={level} style={{ width: `${fill * 100}%` }} />
    </span>
  );
}
