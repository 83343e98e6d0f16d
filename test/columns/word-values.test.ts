import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadyClause } from '../../src/columns/ready-filter.js';
import type { SegmentColumns } from '../../src/columns/segment-columns.js';
import { digitsOf, holdsRun, type WordChain, WordValues, wordRun } from '../../src/columns/word-values.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { finish } from '../../src/math/finish.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { acceptedBy } from '../lexical/ask.js';

const { analyze } = createAnalyzer('en');
const english: WordChain = { id: 'en', hasDictionary: false, analyze };
const holds = (text: string, value: string): boolean => {
  const run = wordRun(value, english);
  return run !== undefined && holdsRun(analyze(text), run);
};

describe('the words of a value', () => {
  it.each([
    ['Hewlett Packard Inc.', 'hewlett packard', true],
    ['Hewlett Packard Inc.', 'packard', true],
    ['Packard Hewlett', 'hewlett packard', false],
    ['Hewlett and Packard', 'hewlett packard', false],
    ['Running Shoes', 'run shoe', true],
    ['state of the art', 'state art', false],
    ['state of the art', 'state of the art', true],
    ['a a b', 'a b', true],
    ['red', 'red shoes', false],
  ])('%s holds %s: %s', (text, value, held) => expect(holds(text, value)).toBe(held));

  it('are none where nothing is left of it', () => {
    expect(wordRun('!!!', english)).toBeUndefined();
  });

  it('are found in many texts as in each by itself', () => {
    const word = fc.constantFrom('red', 'Reds', 'shoes', 'the', 'café', '5', '9x15', 'wi-fi', '東芝', '"');
    const text = fc.array(word, { maxLength: 5 }).map(words => words.join(' '));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), text, (texts, value) => {
        const run = wordRun(value, english);
        if (run === undefined) return;
        const wanted = [...texts.keys()].filter(i => holdsRun(analyze(texts[i]), run));
        const values = finish(WordValues.of(texts.length, i => texts[i], english));
        expect(finish(values.find(run))).toEqual(wanted);
      }),
    );
  });
});

describe('codes', () => {
  it('are looked for by their longest run of digits, but not where a dictionary may write others', () => {
    const run = wordRun('ab-12 4006381333931', english) ?? [];
    expect(digitsOf(run, english)).toBe('4006381333931');
    expect(digitsOf(run, { ...english, hasDictionary: true })).toBeUndefined();
    expect(digitsOf(wordRun('ab 1 c2', english) ?? [], english)).toBeUndefined();
  });

  it('are found in an immutable segment as in memory, where every text is looked at', () => {
    const piece = fc.constantFrom('1', '12', '34', '0000', '½', '²', '¾', '/', ',', '.', ' ', '-', 'x', 'a', 'é', '"');
    const code = fc.array(piece, { minLength: 1, maxLength: 8 }).map(pieces => pieces.join(''));
    let found = 0;
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 10 }), code, (codes, value) => {
        const index = createTokenIndex({ bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 1 }, language: 'en' });
        codes.forEach((sku, i) => {
          index.add({ id: String(i), title: 'x', sku });
        });
        const ids = () => [...acceptedBy(index, [{ words: { field: 'sku', values: [value] } }]).ids()];
        const inMemory = ids();
        index.flush();
        expect(ids()).toEqual(inMemory);
        found += inMemory.length;
      }),
      {
        numRuns: 2000,
        examples: [
          [['½4567', '1⁄24567', '24567'], '24567'],
          [['a', '²3412'], '23412'],
          [['12', '3412'], '1234'],
        ],
      },
    );
    expect(found).toBeGreaterThan(100);
  });
});

describe('warm', () => {
  const index = createTokenIndex({ fieldWeights: { title: 1 }, bm25: { k1: 1, b: 0.5 }, language: 'en' });
  for (let i = 0; i < 3000; i++) index.add({ id: `d${i}`, title: 't', brand: `brand ${i} of ${i % 7} makers` });
  index.flush();
  const [{ columns }] = index.segments() as readonly { readonly columns: SegmentColumns }[];
  const clauseFor = (values: readonly string[], read: (units: number) => void): ReadyClause => {
    const analyze = (text: string) => {
      read(text.length);
      return english.analyze(text);
    };
    return { not: { any: [{ words: { field: 'brand', byChain: [{ chain: { ...english, analyze }, values }] } }] } };
  };

  it.each([[['makers']], [['7 makers', 'of 3']], [['brand 12']]])('does the reading of %j in small steps', values => {
    let [units, inStep, most] = [0, 0, 0];
    const clause = clauseFor(values, read => {
      units += read;
      inStep += read;
    });
    for (const told of columns.warm?.(clause) ?? []) {
      most = Math.max(most, inStep);
      inStep = 0;
      expect(told).toBeGreaterThan(0);
    }
    // 2,048 units, and the last text beyond them
    expect(most).toBeLessThanOrEqual(2048 + 64);
    const read = units;
    const found = columns.matching(clause);
    expect(units).toBe(read);
    const cold = createTokenIndex({ fieldWeights: { title: 1 }, bm25: { k1: 1, b: 0.5 }, language: 'en' });
    for (let i = 0; i < 3000; i++) cold.add({ id: `d${i}`, title: 't', brand: `brand ${i} of ${i % 7} makers` });
    expect(found).toEqual(cold.segments()[0].columns.matching(clauseFor(values, () => {})));
  });
});
