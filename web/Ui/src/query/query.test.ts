import { describe, expect, it } from 'vitest';
import { errorRange } from './editor/errorPosition';
import { withEntry } from './editor/history';
import { alignMatrix, isolatedRows, stack, summarise } from './chart/matrix';
import { decodePanels, defaultPanel, encodePanels, type PanelState } from './panel';
import { maxPoints, neighbourRange, stepOf } from './controls/resolution';

describe('panels in the address', () => {
  it('are read back as they were written', () => {
    const panels: PanelState[] = [
      { ...defaultPanel, expr: 'rate(x{a="&=+ #"}[5m])', endMs: Date.UTC(2026, 10, 21, 23, 0, 1), stacked: true },
      { ...defaultPanel, expr: 'up', tab: 'table', rangeMs: 5_400_000, resolution: { kind: 'fixed', stepMs: 15_500 } },
      { ...defaultPanel, resolution: { kind: 'auto', density: 'high' } },
    ];
    expect(decodePanels(encodePanels(panels))).toEqual(panels);
  });

  it('a link of an alert opens the table', () =>
    expect(decodePanels('?g0.expr=up+%3D%3D+0&g0.tab=1')).toEqual([{ ...defaultPanel, expr: 'up == 0', tab: 'table' }]));

  it('bad values keep the default', () =>
    expect(decodePanels('g0.expr=up&g0.tab=0&g0.range_input=soon&g0.end_input=x&g0.step_input=-1&g0.zz=1&other=2')).toEqual([
      { ...defaultPanel, expr: 'up' },
    ]));

  it('gaps in the numbering close and order follows the number', () =>
    expect(decodePanels('g7.expr=b&g2.expr=a').map(p => p.expr)).toEqual(['a', 'b']));

  it('the number of panels is bounded', () =>
    expect(decodePanels(Array.from({ length: 100 }, (_, i) => `g${i}.expr=up`).join('&'))).toHaveLength(20));
});

describe('resolution', () => {
  it.each([
    [3_600_000, 'medium', 14_000],
    [60_000, 'high', 1_000],
    [86_400_000, 'low', 864_000],
  ] as const)('automatic over %d ms at %s', (range, density, step) => expect(stepOf(range, { kind: 'auto', density })).toBe(step));

  it('a fixed step never asks for more points than the server gives', () => {
    const step = stepOf(86_400_000, { kind: 'fixed', stepMs: 1 });
    expect(86_400_000 / step).toBeLessThanOrEqual(maxPoints);
  });

  it('ranges have neighbours up to the ends', () => {
    expect(neighbourRange(3_600_000, 1)).toBe(7_200_000);
    expect(neighbourRange(3_599_999, -1)).toBe(1_800_000);
    expect(neighbourRange(60_000, -1)).toBe(60_000);
  });
});

describe('matrix', () => {
  it('puts values on the grid and leaves gaps', () => {
    const aligned = alignMatrix(
      [
        { metric: {}, values: [[100, '1'], [130, '3']] },
        { metric: {}, values: [[115.0004, 'NaN'], [130, '+Inf']] },
        { metric: {}, histograms: [[100, { count: '1', sum: '1' }]] },
      ],
      100_000,
      130_000,
      15_000,
    );
    expect(aligned).toEqual({
      times: [100, 115, 130],
      columns: [[1, null, 3], [null, null, null], [null, null, null]],
      nonFinite: 2,
      histograms: 1,
    });
  });

  it('keeps milliseconds', () =>
    expect(alignMatrix([{ metric: {}, values: [[0.1, '1'], [0.3, '3']] }], 100, 300, 100).columns).toEqual([[1, null, 3]]));

  it('stacks what is shown', () =>
    expect(stack([[1, null, 1], [5, 5, 5], [2, 2, null]], new Set([1]))).toEqual([[1, null, 1], [5, 5, 5], [3, 2, null]]));

  it('finds points without neighbours', () => expect(isolatedRows([1, null, 2, null, 3, 4, null, 0])).toEqual([0, 2, 7]));

  it('summarises without gaps', () => {
    expect(summarise([null, 3, -1, null])).toEqual({ last: -1, min: -1, max: 3 });
    expect(summarise([null])).toEqual({ last: null, min: null, max: null });
  });
});

describe('errorRange', () => {
  it.each([
    ['sum(up', 'invalid parameter "query": 1:7: parse error: unclosed left parenthesis', { from: 5, to: 6 }],
    ['foo bar', '1:5: parse error: unexpected identifier "bar"', { from: 4, to: 7 }],
    ['a +\n  b c', '2:5: parse error: unexpected identifier', { from: 8, to: 9 }],
    ['up', 'query timed out', null],
    ['up', '9:1: parse error: x', null],
  ])('%s / %s', (expr, error, range) => expect(errorRange(expr, error)).toEqual(range));
});

describe('history', () => {
  it('moves a repeated query to the front', () => expect(withEntry(['a', 'b'], ' b ')).toEqual(['b', 'a']));
  it('leaves out empty ones', () => expect(withEntry(['a'], '  ')).toEqual(['a']));
  it('is bounded', () => expect(withEntry(Array.from({ length: 80 }, (_, i) => `q${i}`), 'x')).toHaveLength(50));
});
