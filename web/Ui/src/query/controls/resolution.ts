import type { Density, Resolution } from '../panel';

const points: Record<Density, number> = { low: 100, medium: 250, high: 1_000 };

/** Prometheus refuses range queries of more points per series. */
export const maxPoints = 11_000;

/** Milliseconds between two points. Automatic steps are whole seconds; fixed ones are widened to what the server takes. */
export function stepOf(rangeMs: number, resolution: Resolution): number {
  const least = Math.ceil(rangeMs / maxPoints);
  if (resolution.kind === 'fixed') return Math.max(resolution.stepMs, least);
  return Math.max(1_000 * Math.floor(rangeMs / points[resolution.density] / 1_000), 1_000, least);
}

const ranges = [1, 5, 15, 30, 60, 120, 360, 720, 1_440, 2_880, 10_080, 20_160, 40_320, 80_640, 525_600].map(minutes => minutes * 60_000);

/** The next larger or smaller of the usual ranges. */
export function neighbourRange(rangeMs: number, direction: 1 | -1): number {
  const next = direction === 1 ? ranges.find(r => r > rangeMs) : ranges.findLast(r => r < rangeMs);
  return next ?? rangeMs;
}
