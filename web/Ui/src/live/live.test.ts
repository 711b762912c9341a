import { describe, expect, it } from 'vitest';
import { addRows, keptRows, type LiveSample, readWindow, selectorsOf } from './live';

const sample = (value: string): LiveSample => ({ source: 's', metric: { __name__: 'a' }, timestamp: 1, value });

describe('addRows', () => {
  it('puts the newest first and numbers on', () => {
    const first = addRows([], [sample('1'), sample('2')]);
    const second = addRows(first, [sample('3')]);
    expect(second.map(r => [r.id, r.value])).toEqual([[3, '3'], [2, '2'], [1, '1']]);
  });
  it('keeps no more than a person scrolls back to', () => {
    const rows = addRows(addRows([], Array.from({ length: keptRows }, (_, i) => sample(`${i}`))), [sample('last')]);
    expect([rows.length, rows[0]?.value, rows.at(-1)?.value]).toEqual([keptRows, 'last', '1']);
  });
});

describe('selectorsOf', () => {
  it('parts at lines and semicolons', () => expect(selectorsOf(' up; {job="a"}\n\n')).toEqual(['up', '{job="a"}']));
});

describe('readWindow', () => {
  it('takes windows only', () => {
    expect(readWindow('{"samples":[],"seen":1}')?.seen).toBe(1);
    expect([readWindow('{}'), readWindow('x')]).toEqual([null, null]);
  });
});
