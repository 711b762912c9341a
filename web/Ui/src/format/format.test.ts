import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration, formatElapsed, parseDuration } from './durations';
import { labelName, matchesSearch, seriesText, splitCommon } from './labels';
import { safeHref } from './links';
import { formatTime, parseServerTime, parseTime } from './times';
import { axisLabels, formatCount, formatRate, formatSi, formatValue, parseSampleValue } from './values';

describe('values', () => {
  it.each([
    ['NaN', NaN],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
    ['', NaN],
    ['1e+21', 1e21],
    ['-0.5', -0.5],
  ])('parseSampleValue(%s)', (text, value) => expect(parseSampleValue(text)).toBe(value));

  it.each([
    [0, '0'],
    [1, '1'],
    [0.1 + 0.2, '0.3'],
    [1234.5, '1\u2009234.5'],
    [123456789, '123\u2009456\u2009789'],
    [-1234567.8, '-1\u2009234\u2009568'],
    [0.00012345678, '0.000123457'],
    [1.5e-7, '1.5e-7'],
    [2e20, '2e+20'],
    [NaN, 'NaN'],
    [-Infinity, '-Inf'],
  ])('formatValue(%s)', (value, text) => expect(formatValue(value)).toBe(text));

  it.each([
    [0, '0'],
    [999, '999'],
    [999.96, '1k'],
    [1000, '1k'],
    [12345, '12.3k'],
    [4.567e6, '4.57M'],
    [-2e9, '-2G'],
    [0.25, '0.25'],
    [0.00001, '1.0e-5'],
    [Infinity, '+Inf'],
  ])('formatSi(%s)', (value, text) => expect(formatSi(value)).toBe(text));

  it.each([
    [[0, 500, 1000, 1500], ['0', '0.5k', '1.0k', '1.5k']],
    [[0, 0.25, 0.5], ['0', '0.25', '0.50']],
    [[1e9, 2e9], ['1G', '2G']],
    [[100, 101, 102], ['100', '101', '102']],
    [[0, 1e-7], ['0', '1.0e-7']],
  ])('axisLabels(%j)', (ticks, labels) => expect(axisLabels(ticks)).toEqual(labels));

  it.each([
    [0, '0/s'],
    [0.04, '<0.1/s'],
    [3.44, '3.4/s'],
    [1234, '1.23k/s'],
  ])('formatRate(%s)', (rate, text) => expect(formatRate(rate)).toBe(text));

  it('formatCount groups thousands', () => expect(formatCount(1234567)).toBe('1\u2009234\u2009567'));
});

describe('durations', () => {
  it.each([
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['15', 15_000],
    ['0.5', 500],
    ['2w1d', 15 * 86_400_000],
    ['250ms', 250],
    [' 5m ', 300_000],
    ['', null],
    ['0s', null],
    ['5x', null],
    ['30m1h', null],
    ['-5m', null],
  ])('parseDuration(%s)', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([1, 999, 61_000, 5_400_000, 86_400_000 * 400])('formatDuration(%d) is read back', ms =>
    expect(parseDuration(formatDuration(ms))).toBe(ms));

  it.each([
    [0, '0 s'],
    [0.0000042, '4 µs'],
    [0.01234, '12.3 ms'],
    [4.2, '4.2 s'],
    [125, '2m 5s'],
    [NaN, '–'],
  ])('formatElapsed(%s)', (seconds, text) => expect(formatElapsed(seconds)).toBe(text));

  it.each([
    [0.4, '0s'],
    [59, '59s'],
    [3_600, '1h'],
    [90_061, '1d 1h'],
  ])('formatAge(%s)', (seconds, text) => expect(formatAge(seconds)).toBe(text));
});

describe('times', () => {
  it.each(['2026-11-21 23:04:05', '2026-03-29 02:30:00', '1999-12-31 23:59:59.007'])('%s is written as it was read', text =>
    expect(formatTime(parseTime(text, true)!, true)).toBe(text));

  it('local times are read back', () => expect(parseTime(formatTime(1_795_302_245_000, false), false)).toBe(1_795_302_245_000));

  it.each([
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['1795302245', 1_795_302_245_000],
    ['2026-11-21T23:04:05Z', Date.UTC(2026, 10, 21, 23, 4, 5)],
    ['2026-13-01', null],
    ['yesterday', null],
    ['', null],
  ])('parseTime(%s)', (text, ms) => expect(parseTime(text, true)).toBe(ms));

  it('a time that never was is null', () => expect(parseServerTime('0001-01-01T00:00:00Z')).toBeNull());
});

describe('labels', () => {
  it.each([
    [{ __name__: 'up', job: 'node', instance: 'a:1' }, 'up{instance="a:1", job="node"}'],
    [{ __name__: 'up' }, 'up'],
    [{}, '{}'],
    [{ path: 'C:\\"x"\n' }, '{path="C:\\\\\\"x\\"\\n"}'],
    [{ __name__: 'http.requests', 'service.name': 'api' }, '{"http.requests", "service.name"="api"}'],
  ])('seriesText(%j)', (labels, text) => expect(seriesText(labels as Record<string, string>)).toBe(text));

  it('labelName quotes what is not a classic name', () => expect([labelName('job'), labelName('a b')]).toEqual(['job', '"a b"']));

  it('splitCommon keeps apart what differs', () =>
    expect(splitCommon([{ job: 'n', mode: 'idle' }, { job: 'n', mode: 'user', x: '1' }])).toEqual({
      common: { job: 'n' },
      rest: [{ mode: 'idle' }, { mode: 'user', x: '1' }],
    }));

  it('splitCommon leaves a single series whole', () => expect(splitCommon([{ job: 'n' }])).toEqual({ common: {}, rest: [{ job: 'n' }] }));

  it.each([
    ['', true],
    ['HIGH node', true],
    ['job=node', true],
    ['job="node"', true],
    ['high job=db', false],
  ])('matchesSearch(%s)', (search, found) => expect(matchesSearch(search, ['HighLoad'], { job: 'node' })).toBe(found));
});

describe('safeHref', () => {
  it.each([
    ['https://example.com/a?b=c', 'https://example.com/a?b=c'],
    [' HTTP://example.com ', 'http://example.com/'],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['//example.com', null],
    ['https://', null],
    ['see https://example.com', null],
  ])('%s', (text, href) => expect(safeHref(text)).toBe(href));
});
