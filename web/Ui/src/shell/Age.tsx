import { parseServerTime, formatTime } from '../format/times';
import { formatAge } from '../format/durations';
import { useSettings } from './settings';
import { useNow } from './useNow';

/** How long ago something was, with the time itself on pointing at it. */
export function Age({ time, suffix = ' ago', never = 'never' }: { time: string | undefined; suffix?: string; never?: string }) {
  const now = useNow();
  const { utc } = useSettings();
  const at = parseServerTime(time);
  if (at === null) return <>{never}</>;
  return (
    <time dateTime={time} title={formatTime(at, utc)} className="num">
      {`${formatAge((now - at) / 1_000)}${suffix}`}
    </time>
  );
}

export function Updated({ at }: { at: number | undefined }) {
  const now = useNow();
  if (at === undefined) return null;
  return <>{`updated ${formatAge((now - at) / 1_000)} ago`}</>;
}
