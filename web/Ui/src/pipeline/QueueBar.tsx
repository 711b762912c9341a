import classes from './Pipeline.module.css';

/** How full an edge's queue is; amber from three quarters, red when senders wait. */
export function QueueBar({ queue, capacity }: { queue: number; capacity: number }) {
  // Some edges are plain calls and have no queue.
  if (capacity <= 0) return null;
  const fill = Math.min(1, queue / capacity);
  const level = fill >= 1 ? 'full' : fill >= 0.75 ? 'high' : 'low';
  return (
    <span className={classes.queue} role="img" aria-label={`Queue ${queue} of ${capacity}`} title={`Queue: ${queue} of ${capacity} batches`}>
      <span data-level={level} style={{ width: `${fill * 100}%` }} />
    </span>
  );
}
