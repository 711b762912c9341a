const prefixes = [
  { factor: 1e12, suffix: 'T' },
  { factor: 1e9, suffix: 'G' },
  { factor: 1e6, suffix: 'M' },
  { factor: 1e3, suffix: 'k' },
];

/** A number as Prometheus writes it in JSON: NaN, +Inf and -Inf have no JSON form, so all values are strings. */
export function parseSampleValue(text: string): number {
  switch (text) {
    case '+Inf':
    case 'Inf':
      return Infinity;
    case '-Inf':
      return -Infinity;
    default:
      return text === '' ? NaN : Number(text);
  }
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function trimZeros(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

/** For tooltips and legends: six significant digits, grouped thousands, an exponent only far from one. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(4).replace(/\.?0+e/, 'e');
  const digits = size >= 1e6 ? 0 : size === 0 ? 0 : Math.max(0, 5 - Math.floor(Math.log10(size)));
  const [whole = '0', fraction] = trimZeros(value.toFixed(digits)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u2009');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Short form with a decimal prefix: 12.3k, 4.57M. */
export function formatSi(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2);
  // 999.95 rounds to 1000: the prefix is chosen after rounding to the digits that will be shown.
  const rounded = Number(size.toPrecision(digits));
  const prefix = prefixes.find(p => rounded >= p.factor);
  if (prefix) return trimZeros((value / prefix.factor).toPrecision(digits)) + prefix.suffix;
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  return trimZeros(Number(value.toPrecision(digits)).toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(Math.max(size, 1e-3))))));
}

/** Labels of one axis: a common prefix, and as many decimals as tell neighbours apart. */
export function axisLabels(ticks: readonly number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  if (largest !== 0 && (largest < 1e-4 || largest >= 1e15)) return ticks.map(t => (t === 0 ? '0' : t.toExponential(1)));
  const prefix = prefixes.find(p => largest >= p.factor) ?? { factor: 1, suffix: '' };
  const gap = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) / prefix.factor : largest / prefix.factor;
  const decimals = decimalsFor(gap);
  return ticks.map(t => (t === 0 ? '0' : (t / prefix.factor).toFixed(decimals) + prefix.suffix));
}

function decimalsFor(gap: number): number {
  for (let decimals = 0; decimals < 8; decimals++) {
    const scaled = gap * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled)) return decimals;
  }
  return 8;
}

/** Counts of samples and batches per second on the pipeline's edges. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond < 0.1) return '<0.1/s';
  return `${perSecond < 10 ? trimZeros(perSecond.toFixed(1)) : formatSi(perSecond)}/s`;
}

export function formatCount(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** Bytes in powers of 1024, three digits. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]}`;
}
