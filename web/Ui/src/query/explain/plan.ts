import type { PlanNode } from '../../api/types';

/** One line of the drawn plan. `path` names the node as long as the plan keeps its shape. */
export interface PlanRow {
  path: string;
  node: PlanNode;
  depth: number;
  /** Part of the whole time that the node itself took, 0 to 1. */
  share: number;
}

/** The tree as lines, from the root down; what is folded shows no inputs. */
export function planRows(root: PlanNode, folded: ReadonlySet<string>): PlanRow[] {
  const total = Math.max(root.milliseconds, root.ownMilliseconds);
  const rows: PlanRow[] = [];
  const add = (node: PlanNode, path: string, depth: number) => {
    rows.push({ path, node, depth, share: total > 0 ? Math.min(1, node.ownMilliseconds / total) : 0 });
    if (!folded.has(path)) node.inputs.forEach((input, i) => add(input, `${path}.${i}`, depth + 1));
  };
  add(root, '0', 0);
  return rows;
}

export interface PlanTotals {
  nodes: number;
  milliseconds: number;
  samples: number;
  /** The most that one node held: nodes do not reach their most at the same time, so a sum would say nothing. */
  largestBytes: number;
}

export function planTotals(root: PlanNode): PlanTotals {
  const totals: PlanTotals = { nodes: 0, milliseconds: root.milliseconds, samples: 0, largestBytes: 0 };
  const add = (node: PlanNode) => {
    totals.nodes++;
    totals.samples += node.samples;
    totals.largestBytes = Math.max(totals.largestBytes, node.bytes);
    node.inputs.forEach(add);
  };
  add(root);
  return totals;
}
