export function totalOf(drops: Record<string, number> | undefined): number {
  return Object.values(drops ?? {}).reduce((sum, count) => sum + count, 0);
}

/** Reasons with a count, the largest first. */
export function dropList(drops: Record<string, number> | undefined): [reason: string, count: number][] {
  return Object.entries(drops ?? {})
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
}
