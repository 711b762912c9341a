import { describe, expect, it } from 'vitest';
import type { QueryData } from '../api/types';
import { seriesText } from '../format/labels';
import { seriesColor, seriesDash } from './chart/colors';
import { legendNames } from './chart/legendNames';
import { tableRows, tableText } from './table/tableRows';

describe('legendNames', () => {
  it('names a single series in full', () =>
    expect(legendNames([{ __name__: 'up', job: 'n' }])).toEqual({ common: '', names: ['up{job="n"}'] }));

  it('says once what all share', () =>
    expect(legendNames([{ __name__: 'cpu', job: 'n', mode: 'idle' }, { __name__: 'cpu', job: 'n', mode: 'user' }])).toEqual({
      common: 'cpu{job="n"}',
      names: ['mode="idle"', 'mode="user"'],
    }));

  it('shares nothing and still names each', () =>
    expect(legendNames([{ __name__: 'a' }, {}])).toEqual({ common: '', names: ['a', '{}'] }));
});

describe('tableRows', () => {
  it.each<[string, QueryData, unknown]>([
    ['scalar', { resultType: 'scalar', result: [1, '2'] }, [{ labels: null, lines: ['2'] }]],
    ['vector', { resultType: 'vector', result: [{ metric: { a: 'b' }, value: [1, '+Inf'] }] }, [{ labels: { a: 'b' }, lines: ['+Inf'] }]],
    [
      'histogram',
      { resultType: 'vector', result: [{ metric: {}, histogram: [1, { count: '5', sum: '7.5', buckets: [[0, '1', '2', '5']] }] }] },
      [{ labels: {}, lines: ['count 5, sum 7.5, 1 buckets'] }],
    ],
    ['matrix', { resultType: 'matrix', result: [{ metric: {}, values: [[1.5, '2'], [3, 'NaN']] }] }, [{ labels: {}, lines: ['2 @1.5', 'NaN @3'] }]],
  ])('%s', (_, data, rows) => expect(tableRows(data)).toEqual(rows));

  it('a long range shows its end', () => {
    const values = Array.from({ length: 250 }, (_, i): [number, string] => [i, '1']);
    const [row] = tableRows({ resultType: 'matrix', result: [{ metric: {}, values }] });
    expect([row!.lines.length, row!.lines[0], row!.lines.at(-1)]).toEqual([201, '… 50 earlier', '1 @249']);
  });

  it('copies as tab-separated lines', () =>
    expect(tableText([{ labels: { __name__: 'up' }, lines: ['1'] }, { labels: null, lines: ['2'] }], seriesText)).toBe('up\t1\n\t2'));
});

describe('colours', () => {
  it('repeat with another dash', () => {
    expect(seriesColor(12, false)).toBe(seriesColor(0, false));
    expect(seriesColor(0, true)).not.toBe(seriesColor(0, false));
    expect([seriesDash(0), seriesDash(12)]).toEqual([undefined, [7, 4]]);
  });
});
