const unitsMs: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

const durationPattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const patternUnits = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];

/** Prometheus's durations (`1h30m`) and plain seconds (`90`, `0.5`); null when the text is neither or not above zero. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return positive(Number(trimmed) * 1_000);
  const match = durationPattern.exec(trimmed);
  if (!match || trimmed === '') return null;
  return positive(patternUnits.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * unitsMs[unit]!, 0));
}

function positive(ms: number): number | null {
  return ms > 0 && Number.isFinite(ms) ? ms : null;
}

/** The canonical text of a duration: parseDuration gives the same number back. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  if (rest <= 0) return '0s';
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const count = Math.floor(rest / unitsMs[unit]!);
    rest -= count * unitsMs[unit]!;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** How long something took, for people: three digits and one unit. */
export function formatElapsed(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds === 0) return '0 s';
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  return formatAge(seconds);
}

/** How long something has lasted: at most two units, `3d 4h`, `12m 5s`. */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}
