import { describe, expect, it } from 'vitest';
import { textOf, titleOf } from '../status/names';
import { resolve, withParameter } from './router';

describe('addresses', () => {
  it.each([
    ['/', '', '', { path: '/query', search: '' }],
    ['/graph', 'g0.expr=up', '', { path: '/query', search: 'g0.expr=up' }],
    ['/query', 'g0.expr=up', '', { path: '/query', search: 'g0.expr=up' }],
    ['/', '', '#/alerts?search=x', { path: '/alerts', search: 'search=x' }],
    ['/query', '', '#/flags', { path: '/status', search: 'tab=flags' }],
    ['/query', '', '#/alerts', { path: '/alerts', search: '' }],
    ['/', '', '#/service-discovery', { path: '/service-discovery', search: '' }],
    ['/classic/graph', 'g0.expr=up', '', { path: '/query', search: 'g0.expr=up' }],
    ['/config', '', '', { path: '/status', search: 'tab=config' }],
    ['/classic/flags', '', '', { path: '/status', search: 'tab=flags' }],
    ['/tsdb-status', '', '', { path: '/status', search: 'tab=tsdb' }],
    ['/rules', 'search=x', '', { path: '/rules', search: 'search=x' }],
    ['/nowhere', '', '', { path: '/nowhere', search: '' }],
  ])('%s %s %s', (path, search, hash, location) => expect(resolve(path, search, hash)).toEqual(location));

  it('parameters are set and taken out', () => {
    expect(withParameter('a=1', 'search', 'x y')).toBe('a=1&search=x+y');
    expect(withParameter('a=1&search=x', 'search', null)).toBe('a=1');
  });
});

describe('status', () => {
  it.each([
    ['lastConfigTime', 'Last config time'],
    ['GOMAXPROCS', 'GOMAXPROCS'],
    ['CWD', 'Working directory'],
    ['streamlineVersion', 'Version'],
    ['memoryUsedBytes', 'Memory used'],
  ])('titleOf(%s)', (key, title) => expect(titleOf(key)).toBe(title));

  it.each([
    ['2026-11-21T23:06:03.96Z', '2026-11-21 23:06:03'],
    ['0001-01-01T00:00:00Z', 'never'],
    [true, 'yes'],
    [3, '3'],
    [null, ''],
    [{ a: 1 }, '{"a":1}'],
    ['<b>', '<b>'],
  ])('textOf(%j)', (value, text) => expect(textOf('any', value, true)).toBe(text));

  it.each([
    ['memoryUsedBytes', 485_291_448, '463 MB'],
    ['GOMEMLIMIT', 25_276_510_208, '23.5 GB'],
    ['GOMAXPROCS', 2, '2'],
  ])('textOf(%s, %d)', (key, value, text) => expect(textOf(key, value, true)).toBe(text));
});
