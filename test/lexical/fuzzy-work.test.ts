import { describe, expect, it } from 'vitest';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import type { Query } from '../../src/query/query.js';
import { unitsOfTurn } from '../../src/search/turns.js';

const alphabet = [...'abcdefghijklmnopqrstuvwxyz'];
/** 16 words with 52 others an edit away from each: every letter before it, and behind it. */
const roots = alphabet.slice(0, 16).map((letter, i) => `${letter}qzxjv${alphabet[25 - i]}`);
const words = roots.flatMap(root => [root, ...alphabet.flatMap(letter => [`${letter}${root}`, `${root}${letter}`])]);

const index = createTokenIndex({ fieldWeights: { title: 1 }, bm25: { k1: 1, b: 0.5 }, language: 'simple' });
for (const [i, title] of words.entries()) index.add({ id: `${i}`, title });
index.flush();

const near = (asked: readonly string[]): Query => ({
  bool: { should: asked.map(text => ({ fuzzy: { text, edits: 1 as const } })) },
});

describe('many fuzzy words', () => {
  it('give way once their terms are found, and again once the postings of these are opened', () => {
    const prepared = index.prepare({ query: near(roots), filter: [], now: 1 });
    const sum = (units: Iterable<number>): number => [...units].reduce((all, each) => all + each, 0);
    expect(sum(prepared.warming())).toBeGreaterThanOrEqual(unitsOfTurn);
    const search = prepared.searching({ k: 1000 });
    const first = search.next();
    expect(first).toEqual({ done: false, value: words.length * 32 });
    expect(first.value).toBeGreaterThan(unitsOfTurn);
    let step = search.next();
    while (!step.done) step = search.next();
    expect(step.value).toHaveLength(words.length);
  });

  it('take nothing to be found where they were', () => {
    const prepared = index.prepare({ query: near(roots), filter: [], now: 1 });
    for (const _ of prepared.warming());
    expect([...prepared.warming()].reduce((all, each) => all + each, 0)).toBe(0);
  });

  it('are told of one by one', () => {
    const [alone] = index.prepare({ query: near(roots.slice(0, 1)), filter: [], now: 1 }).warming();
    expect(alone * 16).toBe(unitsOfTurn);
  });
});
