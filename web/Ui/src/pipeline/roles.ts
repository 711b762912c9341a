export type Role = 'source' | 'stage' | 'store' | 'alerting' | 'sink';

export const roleNames: Record<Role, string> = {
  source: 'Sources',
  stage: 'Stages',
  store: 'Storage',
  alerting: 'Rules and alerts',
  sink: 'Sinks',
};

/** One part of a role, for nodes whose title is their kind. */
export const partNames: Record<Role, string> = {
  source: 'source',
  stage: 'stage',
  store: 'storage',
  alerting: 'alerting',
  sink: 'sink',
};

const roles: Record<string, Role> = {
  append: 'store',
  tsdb: 'store',
  wal: 'store',
  blocks: 'store',
  rules: 'alerting',
  dispatch: 'alerting',
  notify: 'alerting',
  sink: 'sink',
};

interface Edge {
  from: string;
  to: string;
}

/** What part a node plays: by its kind where that says it, else by where it stands in the graph. */
export function roleOf(id: string, kind: string, edges: readonly Edge[]): Role {
  const known = roles[kind];
  if (known) return known;
  if (!edges.some(edge => edge.to === id)) return 'source';
  return edges.some(edge => edge.from === id) ? 'stage' : 'sink';
}
