import type { RuleGroup } from '../api/types';
import { formatDuration, formatElapsed } from '../format/durations';
import { Age } from '../shell/Age';

/** How often a group is evaluated, when it last was, and how long that took. */
export function GroupTiming({ group }: { group: RuleGroup }) {
  return (
    <>
      <span>{`every ${formatDuration(group.interval * 1_000)}`}</span>
      <span>
        <Age time={group.lastEvaluation} never="not evaluated yet" />
        {` in ${formatElapsed(group.evaluationTime)}`}
      </span>
    </>
  );
}
