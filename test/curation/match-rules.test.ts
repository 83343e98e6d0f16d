import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRuleMatcher, type MatchedSearch } from '../../src/curation/match-rules.js';
import { checkRules, type RuleInput } from '../../src/curation/rule.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { embedText } from '../search/fixture.js';

const english = createAnalyzer('en');
const analyzer = () => english;
const embedQuery = async ({ text }: { text: string }) => ({ embedding: embedText(text) });
const now = Date.parse('2026-06-15T12:00:00Z');

const matcherOf = (rules: readonly RuleInput[]) => createRuleMatcher(checkRules(rules), { analyzer, embedQuery });
const rule = (id: string, when?: RuleInput['when']): RuleInput => ({ id, ...(when && { when }), pin: ['a'] });
async function holding(rules: readonly RuleInput[], search: MatchedSearch | string, at = now): Promise<string[]> {
  const asked = typeof search === 'string' ? { text: search } : search;
  return (await matcherOf(rules).match(asked, at)).map(({ rule: { id } }) => id);
}

describe('createRuleMatcher', () => {
  it.each([
    [
      { exact: 'Garden Hose' },
      ['garden hose', ' GARDEN  hoses ', 'gárden hose'],
      ['garden hose 25 m', 'hose', 'hose garden', ''],
    ],
    [
      { phrase: 'garden hose' },
      ['garden hose', 'a green garden hose reel', 'gardens hoses'],
      ['garden green hose', 'hose garden', 'garden'],
    ],
    [
      { pattern: 'iphone * case' },
      ['iphone 15 case', 'IPhone 15 pro Case'],
      ['iphone case', 'case iphone', 'new iphone 15 case'],
    ],
    [{ pattern: '*hos?' }, ['hose', 'garden hose'], ['hoses']],
    [{ exact: ['tv', 'telly'], phrase: 'big screen' }, ['tv', 'telly', 'a big screen'], ['tv telly', 'screen big']],
    [{ exact: '😀' }, ['😀'], ['😁', 'smile']],
  ] as const)('%j holds for what it says, and for nothing else', async (when, fits, others) => {
    const asked = rule('r', when as RuleInput['when']);
    for (const text of fits) expect([text, await holding([asked], text)]).toEqual([text, ['r']]);
    for (const text of others) expect([text, await holding([asked], text)]).toEqual([text, []]);
  });

  it('holds for what is near in meaning to an example, and says how near', async () => {
    const rules = [
      rule('far', { near: { examples: ['zzz'], cosine: 0.5 } }),
      rule('near', { near: { examples: ['zzz', 'abc'], cosine: 0.5 } }),
    ];
    const [matched, ...others] = await matcherOf(rules).match({ text: 'abd' }, now);
    // letters a, b, c and a, b, d: cosine 2/3
    expect([matched.rule.id, others]).toEqual(['near', []]);
    expect(matched.cosine).toBeCloseTo(2 / 3, 6);
    expect(await holding([rule('near', { near: { examples: ['abc'], cosine: 0.67 } })], 'abd')).toEqual([]);
    expect(await holding([rule('near', { near: { examples: ['abc'], cosine: 0.66 } })], 'abd')).toEqual(['near']);
    const without = createRuleMatcher(checkRules(rules), { analyzer, embedQuery: null });
    expect(await without.match({ text: 'abc' }, now)).toEqual([]);
  });

  it('holds from its first moment until its last, for its countries, and beside its filter', async () => {
    const rules = [
      rule('season', { from: '2026-06-15', until: '2026-06-16' }),
      rule('german', { countries: ['de', 'at'] }),
      rule('bolt', { filter: [{ terms: { field: 'brand', values: ['Bolt'] } }] }),
      rule('always'),
    ];
    const filter = [{ range: { field: 'price', max: 3 } }, { terms: { field: 'brand', values: ['Bolt'] } }];
    expect(await holding(rules, 'x')).toEqual(['season', 'always']);
    expect(await holding(rules, 'x', Date.parse('2026-06-15'))).toEqual(['season', 'always']);
    expect(await holding(rules, 'x', Date.parse('2026-06-16'))).toEqual(['always']);
    expect(await holding(rules, 'x', Date.parse('2026-06-15') - 1)).toEqual(['always']);
    expect(await holding(rules, { text: 'x', country: 'at' }, 0)).toEqual(['german', 'always']);
    expect(await holding(rules, { filter }, 0)).toEqual(['bolt', 'always']);
    expect(await holding(rules, { filter: filter.slice(0, 1) }, 0)).toEqual(['always']);
  });

  it('looks at the first 512 units of what was typed', async () => {
    const filler = 'lamp '.repeat(101); // 505 units
    expect(await holding([rule('r', { phrase: 'hose' })], `${filler}hose`)).toEqual(['r']);
    expect(await holding([rule('r', { phrase: 'hose' })], `${filler}red     hose`)).toEqual([]);
  });

  it('finds among many rules the same as when each is asked by itself, in their order', async () => {
    const word = fc.constantFrom('garden', 'hose', 'red', 'lamp', 'gardens', 'table');
    const words = fc.array(word, { minLength: 1, maxLength: 3 }).map(list => list.join(' '));
    const when = fc.oneof(
      words.map(exact => ({ exact })),
      words.map(phrase => ({ phrase })),
      words.map(text => ({ pattern: text.replace('hose', '*') })),
      words.map(text => ({ near: { examples: [text], cosine: 0.8 } })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(when, { maxLength: 12 }), words, async (conditions, text) => {
        const rules = conditions.map((each, i) => rule(`r${i}`, each));
        const alone = await Promise.all(rules.map(each => holding([each], text)));
        expect(await holding(rules, text)).toEqual(alone.flat());
      }),
      { numRuns: 200 },
    );
  });
});

describe('checkRules', () => {
  it('reads the short forms', () => {
    const [read] = checkRules([
      {
        id: 'a',
        when: { exact: 'x' },
        pin: ['7', { id: '8', position: 5 }, '9'],
        boost: { ids: ['1'] },
        bury: { ids: ['2'] },
      },
    ]);
    expect(read).toEqual({
      id: 'a',
      when: { exact: ['x'] },
      pin: [
        { id: '7', position: 1 },
        { id: '8', position: 5 },
        { id: '9', position: 3 },
      ],
      boost: { ids: ['1'], by: 2 },
      bury: { ids: ['2'], by: 0.1 },
    });
    expect(checkRules([read])).toEqual([read]);
  });

  it('bounds how many rules there are, and how many examples in all', () => {
    const many = (n: number, when?: RuleInput['when']) => Array.from({ length: n }, (_, i) => rule(`r${i}`, when));
    expect(checkRules(many(10_000))).toHaveLength(10_000);
    expect(() => checkRules(many(10_001))).toThrow(/^rules: /);
    const near = { examples: Array.from({ length: 50 }, (_, i) => `lamp ${i}`), cosine: 0.8 };
    expect(checkRules(many(40, { near }))).toHaveLength(40);
    expect(() => checkRules(many(41, { near }))).toThrow('more than 2000 examples in all');
  });

  it.each([
    [[{ id: 'a' }], /^rule "a": it does nothing/],
    [[{ pin: ['1'] }], /^rule 1: id: /],
    [
      [
        { id: 'a', pin: ['1'] },
        { id: 'a', pin: ['2'] },
      ],
      /^rule "a": id: there is another "a"/,
    ],
    [[{ id: 'a', pin: [] }], /^rule "a": pin: /],
    [[{ id: 'a', hide: {} }], /^rule "a": hide: it names no documents/],
    [[{ id: 'a', hide: { filter: [] } }], /^rule "a": hide: it names no documents/],
    [[{ id: 'a', boost: { ids: ['1'], by: 0.5 } }], /^rule "a": boost\.by: /],
    [[{ id: 'a', bury: { ids: ['1'], by: 2 } }], /^rule "a": bury\.by: /],
    [[{ id: 'a', redirect: 'javascript:alert(1)' }], /^rule "a": redirect: expected an address/],
    [[{ id: 'a', redirect: '//evil.example' }], /^rule "a": redirect: expected an address/],
    [[{ id: 'a', when: { from: 'May' }, pin: ['1'] }], /^rule "a": when\.from: expected an ISO 8601 date/],
    [
      [{ id: 'a', when: { from: '2026-02-01', until: '2026-01-01' }, pin: ['1'] }],
      /^rule "a": when: from is before until/,
    ],
    [[{ id: 'a', when: { near: { examples: [], cosine: 1 } }, pin: ['1'] }], /^rule "a": when\.near\.examples: /],
    [[{ id: 'a', pinn: ['1'] }], /^rule "a": .*pinn/],
    [[7], /^rule 1: /],
  ])('refuses %j', (rules, message) => {
    const refused = (): unknown => checkRules(rules as RuleInput[]);
    expect(refused).toThrow(message);
    expect(refused).toThrow(TandemError);
  });
});
