import type { Target, TargetsData } from '../api/types';
import { type LabelSet, matchesSearch } from '../format/labels';

/** A target that discovery found: scraped, or dropped by relabelling. */
export interface Discovered {
  state: 'active' | 'dropped';
  discovered: LabelSet;
  /** After relabelling; none for a dropped target. */
  labels?: LabelSet;
  scrapeUrl?: string;
}

export interface DiscoveredPool {
  name: string;
  error?: string;
  /** What the filters leave, active ones first. */
  targets: Discovered[];
  active: number;
  /** All of them, also those beyond keep_dropped_targets. */
  dropped: number;
  /** Dropped targets whose labels were not kept. */
  unkept: number;
}

export const states = ['active', 'dropped'] as const;

/** All jobs by name. A job without targets stays while nothing is filtered: that it has none is what people look for here. */
export function discoveredPools(data: TargetsData, chosen: readonly string[], search: string): DiscoveredPool[] {
  const names = new Set([...Object.keys(data.droppedTargetCounts ?? {}), ...Object.keys(data.poolErrors ?? {}), ...data.activeTargets.map(t => t.scrapePool)]);
  const filtered = chosen.length > 0 || search.trim() !== '';
  return [...names]
    .sort()
    .map(name => poolOf(name, data, chosen, search))
    .filter(pool => !filtered || pool.targets.length > 0 || (chosen.length === 0 && matchesSearch(search, [pool.name])));
}

export function countStates(data: TargetsData): Record<Discovered['state'], number> {
  return { active: data.activeTargets.length, dropped: Object.values(data.droppedTargetCounts ?? {}).reduce((sum, count) => sum + count, 0) };
}

function poolOf(name: string, data: TargetsData, chosen: readonly string[], search: string): DiscoveredPool {
  const active = data.activeTargets.filter(t => t.scrapePool === name);
  const kept = (data.droppedTargets ?? []).filter(t => t.scrapePool === name);
  const dropped = data.droppedTargetCounts?.[name] ?? kept.length;
  const targets: Discovered[] = [...active.map(ofActive), ...kept.map((t): Discovered => ({ state: 'dropped', discovered: t.discoveredLabels }))];
  return {
    name,
    error: data.poolErrors?.[name],
    targets: targets.filter(t => isShown(name, t, chosen, search)),
    active: active.length,
    dropped,
    unkept: dropped - kept.length,
  };
}

function ofActive(target: Target): Discovered {
  return { state: 'active', discovered: target.discoveredLabels, labels: target.labels, scrapeUrl: target.scrapeUrl };
}

function isShown(pool: string, target: Discovered, chosen: readonly string[], search: string): boolean {
  if (chosen.length > 0 && !chosen.includes(target.state)) return false;
  const labels = Object.entries(target.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return matchesSearch(search, [pool, target.scrapeUrl ?? '', ...labels], target.discovered);
}
