import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExampleSource, type ExampleInput, mix } from '../../data/examples.js';
import { type StageConfig, stageSchema } from '../../src/config/training.js';

const stage = (pseudoShare: number): StageConfig => stageSchema.parse({ name: 'stage', epochs: 1, pseudoShare });

/** Documents of which every third has no words; a pseudo-query says which document it is of and draws once. */
function makeInput(documents: number, pairs: number, seed = 1): ExampleInput {
  return {
    documents: Array.from({ length: documents }, (_, d) => (d % 2 === 0 ? { country: `c${d}` } : {})),
    pairs: Array.from({ length: pairs }, (_, p) => ({
      query: `pair ${p}`,
      country: 'pair country',
      document: (p * 7) % documents,
      weight: 1,
    })),
    pseudoQuery: (document, random) => (document % 3 === 2 ? '' : `pseudo ${document} ${random.below(1e6)}`),
    seed,
  };
}

const isPseudo = ({ query }: { query: string }): boolean => query.startsWith('pseudo');

const choices = fc.record({
  documents: fc.integer({ min: 1, max: 30 }),
  pairs: fc.integer({ min: 0, max: 20 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  step: fc.integer({ min: 0, max: 50 }),
  size: fc.integer({ min: 2, max: 40 }),
});

describe('createExampleSource', () => {
  it('fills every batch, with pseudo-queries and pairs exactly as shared out, and never with a document without words', () => {
    fc.assert(
      fc.property(choices, ({ documents, pairs, seed, share, step, size }) => {
        const batch = createExampleSource(makeInput(documents, pairs, seed))(0, stage(share), step, size);
        expect(batch).toHaveLength(size);
        expect(batch.filter(isPseudo)).toHaveLength(pairs === 0 ? size : Math.round(share * size));
        for (const example of batch) {
          expect(example.query).not.toBe('');
          if (isPseudo(example)) expect(example.query.split(' ')[1]).toBe(String(example.document));
        }
      }),
    );
  });

  it('is a function of the seed, the stage and the step: not of what was asked for before', () => {
    fc.assert(
      fc.property(
        choices,
        fc.array(fc.integer({ min: 0, max: 50 })),
        ({ documents, pairs, seed, share, step, size }, others) => {
          const fresh = createExampleSource(makeInput(documents, pairs, seed));
          const used = createExampleSource(makeInput(documents, pairs, seed));
          for (const other of others) used(other % 3, stage(share), other, size);
          expect(used(1, stage(share), step, size)).toEqual(fresh(1, stage(share), step, size));
        },
      ),
    );
  });

  it('differs with the seed, the stage and the step', () => {
    const batch = (seed: number, stageNumber: number, step: number) =>
      JSON.stringify(createExampleSource(makeInput(300, 0, seed))(stageNumber, stage(1), step, 20));
    const batches = [batch(1, 0, 0), batch(2, 0, 0), batch(1, 1, 0), batch(1, 0, 1)];
    expect(new Set(batches).size).toBe(4);
  });

  it('shows every document that has words, and every pair, once a pass, in another order on the next', () => {
    const source = createExampleSource(makeInput(30, 12));
    const passes = (share: number, batches: number, from: number) =>
      Array.from({ length: batches }, (_, step) => source(0, stage(share), from + step, 4)).flat();
    // 20 of 30 documents have words: 5 batches of 4 are one pass
    const [first, second] = [passes(1, 5, 0), passes(1, 5, 5)].map(batch => batch.map(example => example.document));
    const drawable = Array.from({ length: 30 }, (_, d) => d).filter(d => d % 3 !== 2);
    expect([...first].sort((a, b) => a - b)).toEqual(drawable);
    expect([...second].sort((a, b) => a - b)).toEqual(drawable);
    expect(second).not.toEqual(first);
    // 12 pairs: 3 batches
    const queries = passes(0, 3, 0).map(example => example.query);
    expect(new Set(queries).size).toBe(12);
  });

  it('shows every document and every pair once a pass where a batch holds both', () => {
    const source = createExampleSource(makeInput(30, 12));
    const batches = (steps: number) =>
      Array.from({ length: steps }, (_, step) => source(0, stage(0.5), step, 4)).flat();
    // two of each a batch: 20 documents that have words are 10 batches, 12 pairs are 6
    const documents = batches(10)
      .filter(isPseudo)
      .map(example => example.document);
    expect(new Set(documents).size).toBe(20);
    expect(
      new Set(
        batches(6)
          .filter(example => !isPseudo(example))
          .map(example => example.query),
      ).size,
    ).toBe(12);
  });

  it('carries countries over: of the document for a pseudo-query, of the query for a pair', () => {
    const input = makeInput(10, 5);
    for (const example of createExampleSource(input)(0, stage(0.5), 0, 20)) {
      expect(example.country).toBe(isPseudo(example) ? input.documents[example.document].country : 'pair country');
    }
  });

  it('fills batches with pairs alone where no document has words, and refuses to draw from nothing', () => {
    const wordless = { ...makeInput(10, 5), pseudoQuery: () => '' };
    expect(createExampleSource(wordless)(0, stage(1), 0, 8).filter(isPseudo)).toEqual([]);
    expect(createExampleSource(wordless)(0, stage(1), 0, 8)).toHaveLength(8);
    const empty = { ...wordless, pairs: [] };
    expect(() => createExampleSource(empty)).toThrow(expect.objectContaining({ code: 'training/no-examples' }));
  });
});

describe('mix', () => {
  it('tells apart what differs in one part or in their order, and stays within 32 bits', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(parts, numbers => mix(...numbers) === mix(...numbers) >>> 0));
    const seeds = new Set<number>();
    for (let a = 0; a < 40; a++) for (let b = 0; b < 40; b++) seeds.add(mix(a, b));
    expect(seeds.size).toBe(1600);
  });
});
