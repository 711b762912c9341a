import { parseServerTime, formatTime } from '../format/times';
import { formatBytes } from '../format/values';

const titles: Record<string, string> = { version: 'API of Prometheus', streamlineVersion: 'Version', dotnetVersion: 'Runtime', CWD: 'Working directory' };

/** Numbers of the status endpoints that count bytes. */
const bytes = /Bytes$|^GOMEMLIMIT$/;

/** `lastConfigTime` as people read it: `Last config time`. Names written in capitals stay. */
export function titleOf(key: string): string {
  const given = titles[key];
  if (given) return given;
  if (/^[A-Z0-9]+$/.test(key)) return key;
  const words = key.replace(/Bytes$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Values of the status endpoints: times in the reader's zone, bytes with a unit, everything else as it came. */
export function textOf(key: string, value: unknown, utc: boolean): string {
  if (typeof value === 'string' && timePattern.test(value)) {
    const at = parseServerTime(value);
    return at === null ? 'never' : formatTime(Math.floor(at / 1_000) * 1_000, utc);
  }
  if (typeof value === 'number' && bytes.test(key)) return formatBytes(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
