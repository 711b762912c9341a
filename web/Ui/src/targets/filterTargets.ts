import type { Target } from '../api/types';
import { matchesSearch } from '../format/labels';

export interface Pool {
  name: string;
  /** What the filters leave. */
  targets: Target[];
  up: number;
  total: number;
}

export const healthStates = ['up', 'down', 'unknown'] as const;

export function countHealth(targets: readonly Target[]): Record<Target['health'], number> {
  const counts = { up: 0, down: 0, unknown: 0 };
  for (const target of targets) counts[target.health]++;
  return counts;
}

const weight = { down: 0, unknown: 1, up: 2 };

/** Pools by name with what the filters leave of them; targets that are down come first. No health chosen means all. */
export function poolsOf(targets: readonly Target[], health: readonly string[], search: string): Pool[] {
  const pools = new Map<string, Pool>();
  for (const target of targets) {
    const pool = pools.get(target.scrapePool) ?? { name: target.scrapePool, targets: [], up: 0, total: 0 };
    pools.set(target.scrapePool, pool);
    pool.total++;
    if (target.health === 'up') pool.up++;
    if (isShown(target, health, search)) pool.targets.push(target);
  }
  return [...pools.values()]
    .filter(pool => pool.targets.length > 0)
    .map(pool => ({ ...pool, targets: pool.targets.sort((a, b) => weight[a.health] - weight[b.health] || (a.scrapeUrl < b.scrapeUrl ? -1 : 1)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isShown(target: Target, health: readonly string[], search: string): boolean {
  if (health.length > 0 && !health.includes(target.health)) return false;
  return matchesSearch(search, [target.scrapePool, target.scrapeUrl, target.lastError], target.labels);
}
