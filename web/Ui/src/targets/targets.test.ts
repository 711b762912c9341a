import { describe, expect, it } from 'vitest';
import type { Target } from '../api/types';
import { countHealth, poolsOf } from './filterTargets';

const target = (scrapePool: string, instance: string, health: Target['health'], lastError = ''): Target => ({
  scrapePool,
  health,
  lastError,
  labels: { instance, job: scrapePool },
  discoveredLabels: {},
  scrapeUrl: `http://${instance}/metrics`,
  lastScrape: '',
  lastScrapeDuration: 0,
});
const targets = [target('web', 'b:1', 'up'), target('web', 'a:1', 'up'), target('db', 'c:1', 'unknown'), target('web', 'd:1', 'down', 'connection refused')];
const names = (health: string[], search: string) => poolsOf(targets, health, search).map(p => [p.name, ...p.targets.map(t => t.labels.instance)]);

describe('poolsOf', () => {
  it('sorts pools by name and puts first what is down', () => expect(names([], '')).toEqual([['db', 'c:1'], ['web', 'd:1', 'a:1', 'b:1']]));

  it.each([
    [['up'], '', [['web', 'a:1', 'b:1']]],
    [[], 'refused', [['web', 'd:1']]],
    [['up'], 'job=db', []],
  ])('%j %s', (health, search, expected) => expect(names(health, search)).toEqual(expected));

  it('counts the whole pool, whatever is shown', () => expect(poolsOf(targets, ['down'], '')).toMatchObject([{ name: 'web', up: 2, total: 3 }]));

  it('counts health', () => expect(countHealth(targets)).toEqual({ up: 2, down: 1, unknown: 1 }));
});
