import { parseServerTime, formatTime } from '../format/times';

/** `lastConfigTime` as people read it: `Last config time`. Names written in capitals stay. */
export function titleOf(key: string): string {
  if (/^[A-Z0-9]+$/.test(key)) return key;
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Values of the status endpoints: times in the reader's zone, everything else as it came. */
export function textOf(value: unknown, utc: boolean): string {
  if (typeof value === 'string' && timePattern.test(value)) {
    const at = parseServerTime(value);
    return at === null ? 'never' : formatTime(Math.floor(at / 1_000) * 1_000, utc);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
