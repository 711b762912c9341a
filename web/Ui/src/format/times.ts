const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** `2026-11-21 23:04:05`, with milliseconds only where they are not zero. */
export function formatTime(ms: number, utc: boolean): string {
  const date = new Date(utc ? ms : ms - new Date(ms).getTimezoneOffset() * 60_000);
  if (Number.isNaN(date.getTime())) return '–';
  const day = `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  const fraction = date.getUTCMilliseconds();
  return `${day} ${time}${fraction ? `.${pad(fraction, 3)}` : ''}`;
}

const timePattern = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/;

/** Reads what formatTime writes (the time of day may be cut short) and Unix seconds; null when the text is neither. */
export function parseTime(text: string, utc: boolean): number | null {
  const trimmed = text.trim();
  if (/^\d{9,11}(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1_000);
  if (/(Z|[+-]\d\d:\d\d)$/.test(trimmed)) return orNull(Date.parse(trimmed));
  const match = timePattern.exec(trimmed);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(part => Number(part ?? 0)) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const millis = Number((match[7] ?? '').padEnd(3, '0'));
  return orNull(
    utc
      ? Date.UTC(year, month - 1, day, hour, minute, second, millis)
      : new Date(year, month - 1, day, hour, minute, second, millis).getTime(),
  );
}

function orNull(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms;
}

/** Go writes a time that never was as year one. */
export function parseServerTime(text: string | undefined): number | null {
  if (!text || text.startsWith('0001-01-01')) return null;
  return orNull(Date.parse(text));
}
