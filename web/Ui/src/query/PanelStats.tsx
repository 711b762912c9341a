import { formatDuration, formatElapsed } from '../format/durations';
import { formatCount } from '../format/values';
import classes from './Panel.module.css';
import type { PanelAnswer } from './usePanelQuery';

export function PanelStats({ answer, loading }: { answer: PanelAnswer; loading: boolean }) {
  return (
    <span className={classes.stats} role="status">
      {loading ? 'running…' : statsText(answer)}
    </span>
  );
}

function statsText({ result, elapsedMs }: PanelAnswer): string {
  const parts = [formatElapsed(Math.round(elapsedMs) / 1_000)];
  const series = result && seriesCount(result);
  if (series !== undefined) parts.unshift(`${formatCount(series)} series`);
  if (result && result.kind !== 'table') parts.push(`step ${formatDuration(result.stepMs)}`);
  return parts.join('  ·  ');
}

function seriesCount(result: NonNullable<PanelAnswer['result']>): number | undefined {
  if (result.kind === 'graph') return result.series.length;
  if (result.kind === 'explain') return result.plan.series ?? undefined;
  const { resultType } = result.data;
  return resultType === 'vector' || resultType === 'matrix' ? result.data.result.length : undefined;
}
