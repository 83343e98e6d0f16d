import { describe, expect, it } from 'vitest';
import { checkRules } from '../../src/curation/rule.js';
import { namedIds, unknownIds } from '../../src/curation/unknown-ids.js';

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const get = async (id: string): Promise<object | undefined> => (id.startsWith('known') ? {} : undefined);

describe('unknownIds', () => {
  it('tells, rule by rule, the ids of every action that are no documents, each once', async () => {
    const rules = checkRules([
      { id: 'a', pin: ['x', 'known-1'], boost: { ids: ['x', 'y'] } },
      { id: 'b', hide: { ids: ['known-2'] } },
      { id: 'c', bury: { ids: ['y'] } },
      { id: 'd', redirect: '/sale' },
    ]);
    expect(await unknownIds(get, rules)).toEqual([
      { rule: 'a', ids: ['x', 'y'] },
      { rule: 'c', ids: ['y'] },
    ]);
    expect(namedIds(rules[0])).toEqual(['x', 'known-1', 'y']);
  });

  it('tells a hundred at most, and looks 10,000 up at most', async () => {
    const told = await unknownIds(get, checkRules([{ id: 'a', hide: { ids: ids('gone', 250) } }]));
    expect(told).toEqual([{ rule: 'a', ids: ids('gone', 100) }]);
    let asked = 0;
    const counting = async (): Promise<object> => ({ asked: ++asked });
    const many = checkRules(ids('r', 11).map((id, i) => ({ id, hide: { ids: ids(`known${i}-`, 1_000) } })));
    expect(await unknownIds(counting, many)).toEqual([]);
    expect(asked).toBe(10_000);
  });
});
