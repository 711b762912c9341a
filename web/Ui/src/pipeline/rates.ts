import type { PipelineEdge } from '../api/types';

export interface EdgeRates {
  samplesPerSecond: number;
  batchesPerSecond: number;
  /** Part of the time that senders waited, 0 to 1 (more with several senders). */
  blocked: number;
  dropsPerSecond: Record<string, number>;
}

export interface Reading {
  atMs: number;
  edges: Map<string, PipelineEdge>;
}

export const noRates: EdgeRates = { samplesPerSecond: 0, batchesPerSecond: 0, blocked: 0, dropsPerSecond: {} };

/** Rates of every edge between two readings. A counter that fell was reset by a restart: it counts from zero. */
export function ratesBetween(before: Reading | undefined, now: Reading): Map<string, EdgeRates> {
  const seconds = before ? (now.atMs - before.atMs) / 1_000 : 0;
  const rates = new Map<string, EdgeRates>();
  for (const [id, edge] of now.edges) {
    const earlier = before?.edges.get(id);
    rates.set(id, earlier && seconds > 0 ? edgeRates(earlier, edge, seconds) : noRates);
  }
  return rates;
}

function edgeRates(before: PipelineEdge, now: PipelineEdge, seconds: number): EdgeRates {
  const perSecond = (from: number, to: number) => (to >= from ? to - from : to) / seconds;
  const dropped = Object.entries(now.dropped ?? {});
  return {
    samplesPerSecond: perSecond(before.samples, now.samples),
    batchesPerSecond: perSecond(before.batches, now.batches),
    blocked: perSecond(before.blockedSeconds, now.blockedSeconds),
    dropsPerSecond: Object.fromEntries(dropped.map(([reason, count]) => [reason, perSecond(before.dropped?.[reason] ?? 0, count)])),
  };
}

/**
 * The readings that rates are taken between: the newest and the oldest within the window. Sources send every few
 * seconds, so a rate over one second would jump between zero and a burst.
 */
export function keepWindow(readings: readonly Reading[], now: Reading, windowMs: number): Reading[] {
  return [...readings.filter(reading => now.atMs - reading.atMs <= windowMs && reading.atMs < now.atMs), now];
}
