import { usePolled } from '../api/usePolled';
import { Notice } from './Notice';
import classes from './App.module.css';

interface Memory {
  memoryUsedBytes?: number;
  memoryLimitBytes?: number;
  memoryRung?: string;
}

const pollMs = 15_000;

/** What each rung gives up; each keeps what those before it gave up. */
export const givenUp: Record<string, string> = {
  CompactionWaits: 'blocks are not compacted',
  RecordingSlows: 'recording rules run at every fourth slot',
  PushesRefused: 'pushes, remote write and OTLP are told to come again later',
  ScrapesSkipped: 'scrapes of low priority are left out, every second of normal priority too',
};

/** On every page while memory is short, for then things are missing that a reader would look for elsewhere. */
export function MemoryNotice() {
  const { data } = usePolled<Memory>('status/runtimeinfo', pollMs);
  const lost = givenUp[data?.memoryRung ?? ''];
  if (!data || !lost) return null;
  const percent = Math.round((100 * (data.memoryUsedBytes ?? 0)) / Math.max(1, data.memoryLimitBytes ?? 1));
  return (
    <div className={classes.memory}>
      <Notice kind="warning" title={`Memory is at ${percent}% of its limit`}>
        {`For now ${lost}. limits.memory sets the limit.`}
      </Notice>
    </div>
  );
}
