import { describe, expect, it } from 'vitest';
import type { PlanNode } from '../../api/types';
import { decodePanels, defaultPanel, encodePanels } from '../panel';
import { planRows, planTotals } from './plan';

function node(operator: string, milliseconds: number, ownMilliseconds: number, inputs: PlanNode[] = [], rest: Partial<PlanNode> = {}): PlanNode {
  return { operator, expression: operator, steps: 1, series: 1, points: 1, samples: 0, bytes: 0, milliseconds, ownMilliseconds, inputs, ...rest };
}

const plan = node('sum', 10, 2, [node('rate', 8, 8, [node('range selector', 0, 0)], { samples: 500, bytes: 4_000 })], { bytes: 1_000 });

describe('plan', () => {
  it('lines go down the tree', () => expect(planRows(plan, new Set()).map(r => [r.node.operator, r.depth])).toEqual([['sum', 0], ['rate', 1], ['range selector', 2]]));

  it('a folded node keeps its own line', () => expect(planRows(plan, new Set(['0.0'])).map(r => r.path)).toEqual(['0', '0.0']));

  it('shares are of the whole time', () => expect(planRows(plan, new Set()).map(r => r.share)).toEqual([0.2, 0.8, 0]));

  it('a plan that took no time has no shares', () => expect(planRows(node('number', 0, 0), new Set())[0]!.share).toBe(0));

  it('totals add samples, not memory', () => expect(planTotals(plan)).toEqual({ nodes: 3, milliseconds: 10, samples: 500, largestBytes: 4_000 }));

  it('the tab is in the address', () => {
    const panels = [{ ...defaultPanel, expr: 'up', tab: 'explain' as const }];
    expect(decodePanels(encodePanels(panels))).toEqual(panels);
  });
});
