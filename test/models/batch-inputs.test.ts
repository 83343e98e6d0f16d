import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Accumulators, type ChunkPlan, fillTowerInputs, singleChunk } from '../../models/batch-inputs.js';
import type { TowerName } from '../../models/channels.js';
import { createRowAccumulator, type EmbeddingTable } from '../../models/embedding-table.js';
import { tableInputs } from '../../models/towers.js';
import { seededRandom } from '../../src/math/random.js';
import { smallConfig, someFeatures, trainedState, vocabulary } from './small-towers.js';

const texts = trainedState(
  smallConfig({
    query: ['trigram', 'text', 'country'],
    document: ['titleTrigram', 'titleWord', 'title', 'description'],
  }),
);
const twoChunks: ChunkPlan = lengths => [
  { tokens: lengths[1], count: 2 },
  { tokens: lengths[lengths.length - 1] + 1, count: lengths.length - 2 },
];

/** <a, b> in double precision. */
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

describe('a text channel', () => {
  const token = { rows: 4, width: 2, values: Float32Array.of(0, 0, 1, 2, 3, 4, 5, 6) };
  const position = { rows: 3, width: 2, values: Float32Array.of(10, 20, 30, 40, 50, 60) };
  const tower = { ...texts.towers.query, channels: texts.towers.query.channels.filter(({ name }) => name === 'text') };
  const tables = { token, 'query.position': position };

  it('is laid out time-major, worked by hand', () => {
    const { feeds, shape } = fillTowerInputs(tower, tables, [[Int32Array.of(3, 1)], [Int32Array.of(2)]]);
    expect(shape).toEqual({ batch: 2, chunks: { text: [{ tokens: 2, count: 2 }] } });
    // time 0: token 3 + position 0, token 2 + position 0; time 1: token 1 + position 1, padding
    expect(feeds['query.text.embedded0']).toEqual({
      values: Float32Array.of(15, 26, 13, 24, 31, 42, 0, 0),
      shape: [2, 2, 2],
    });
    expect(feeds['query.text.bias0']).toEqual({ values: Float32Array.of(0, 0, 0, -1e9), shape: [2, 1, 1, 2] });
    expect(feeds['query.text.share0']).toEqual({ values: Float32Array.of(0.5, 1, 0.5, 0), shape: [2, 2, 1] });
    expect(feeds['query.present']).toEqual({ values: Float32Array.of(1, 1), shape: [2, 1] });
    expect(feeds).not.toHaveProperty(['query.text.order']);
  });

  it('keeps the rows of a single chunk where they are, longest first or last', () => {
    const [longFirst, longLast] = [
      [Int32Array.of(3, 1), Int32Array.of(2)],
      [Int32Array.of(2), Int32Array.of(3, 1)],
    ].map(
      examples =>
        fillTowerInputs(
          tower,
          tables,
          examples.map(ids => [ids]),
        ).feeds['query.text.bias0'].values,
    );
    expect(Array.from(longFirst, Number)).toEqual([0, 0, 0, -1e9]);
    expect(Array.from(longLast, Number)).toEqual([0, -1e9, 0, 0]);
  });

  it('is sorted by length into chunks, with the way back', () => {
    const examples = [[3, 1], [2], [1, 1], []].map(ids => [Int32Array.from(ids)]);
    const { feeds } = fillTowerInputs(tower, tables, examples, twoChunks);
    // sorted: 3 (none), 1 (one token), 0, 2 (two tokens)
    expect(Array.from(feeds['query.text.order'].values as Int32Array)).toEqual([2, 1, 3, 0]);
    expect(feeds['query.text.embedded0'].shape).toEqual([1, 2, 2]);
    expect(feeds['query.text.embedded1'].shape).toEqual([3, 2, 2]);
    expect(Array.from(feeds['query.present'].values as Float32Array)).toEqual([1, 1, 1, 0]);
  });

  it('is cut where a chunk is shorter than its text', () => {
    const short: ChunkPlan = lengths => [{ tokens: 1, count: lengths.length }];
    const { feeds } = fillTowerInputs(tower, tables, [[Int32Array.of(3, 1)]], short);
    expect(feeds['query.text.share0'].values).toEqual(Float32Array.of(1));
  });
});

describe('scatter', () => {
  const accumulatorsOf = (): Accumulators =>
    Object.fromEntries(Object.entries(texts.tables).map(([name, table]) => [name, createRowAccumulator(table)]));

  /** <lookup(T), G> = <T, scatter(G)>, for tables and gradients drawn at random. */
  function expectTranspose(name: TowerName, n: number, seed: number, plan: ChunkPlan, rate: number): void {
    const random = seededRandom(seed);
    const dropout = { rate, tokenRate: rate, random: seededRandom(seed) };
    const { feeds, shape, scatter } = fillTowerInputs(
      texts.towers[name],
      texts.tables,
      someFeatures(texts, name, n, seed),
      plan,
      dropout,
    );
    const inputs = tableInputs(texts.towers[name], shape);
    const gradients = Object.fromEntries(
      inputs.map(input => {
        // Padding feeds zeros that belong to no row: what flows to it must go nowhere, so it is left as large as the rest.
        const values = Float32Array.from(feeds[input].values as Float32Array, () => random.normal());
        return [input, values];
      }),
    );
    const accumulators = accumulatorsOf();
    scatter(gradients, accumulators);
    const left = inputs.reduce((sum, input) => sum + dot(feeds[input].values as Float32Array, gradients[input]), 0);
    let right = 0;
    for (const [table, accumulator] of Object.entries(accumulators)) {
      const { width, values } = (texts.tables as Record<string, EmbeddingTable>)[table];
      const { rows, values: sums } = accumulator!.gradients();
      rows.forEach((row, i) => {
        right += dot(values.subarray(row * width, (row + 1) * width), sums.subarray(i * width, (i + 1) * width));
      });
    }
    expect(Math.abs(left - right)).toBeLessThan(1e-4 * Math.max(1, Math.abs(left)));
    expect(Math.abs(left)).toBeGreaterThan(0);
  }

  it.each(['query', 'document'] as const)('is the transpose of the lookup: %s tower', name => {
    const plans = fc.constantFrom(singleChunk, twoChunks);
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(1000), plans, fc.constantFrom(0, 0.3), (n, seed, plan, rate) =>
        expectTranspose(name, n, seed, plan, rate),
      ),
      { numRuns: 60 },
    );
  });
});

describe('a channel of images', () => {
  const whole = trainedState(smallConfig({ document: ['titleTrigram', 'image'] }), { ...vocabulary, imageWidth: 2 });
  const tower = { ...whole.towers.document, channels: whole.towers.document.channels.slice(1) };
  // of lengths 5 and 2, and one of zeros
  const [long, short, none] = [Float32Array.of(3, 4), Float32Array.of(0, -2), new Float32Array(2)];
  const unit = [0.6, 0.8];

  it('is laid out image by image at length 1, with a mask, worked by hand', () => {
    const { feeds, shape } = fillTowerInputs(tower, {}, [[[long]], [[]], [[short, none, long]]]);
    expect(shape).toEqual({ batch: 3, chunks: { image: [{ tokens: 3, count: 3 }] } });
    expect(feeds['document.image.vectors0']).toEqual({
      values: Float32Array.of(...unit, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...unit),
      shape: [3, 3, 2],
    });
    expect(feeds['document.image.mask0']).toEqual({
      values: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 0, 1),
      shape: [3, 3, 1],
    });
    expect(feeds['document.present']).toEqual({ values: Float32Array.of(1, 0, 1), shape: [3, 1] });
  });

  it('of a batch without any is one masked place', () => {
    const { feeds } = fillTowerInputs(tower, {}, [[[]], [[]]]);
    expect(feeds['document.image.vectors0']).toEqual({ values: new Float32Array(4), shape: [1, 2, 2] });
    expect(feeds['document.image.mask0']).toEqual({ values: new Float32Array(2), shape: [1, 2, 1] });
    expect(feeds['document.present'].values).toEqual(new Float32Array(2));
  });

  it('is sorted by the number of images into chunks, with the way back', () => {
    const features = [[[long, short, long]], [[short]], [[]], [[long, long]]];
    const plan: ChunkPlan = ([, second, , last]) => [
      { tokens: second, count: 2 },
      { tokens: last, count: 2 },
    ];
    const { feeds, shape } = fillTowerInputs(tower, {}, features, singleChunk, undefined, plan);
    // by number: examples 2, 1 | 3, 0
    expect(shape.chunks.image).toEqual([
      { tokens: 1, count: 2 },
      { tokens: 3, count: 2 },
    ]);
    expect(feeds['document.image.vectors0'].values).toEqual(Float32Array.of(0, 0, 0, -1));
    expect(feeds['document.image.mask1'].values).toEqual(Float32Array.of(1, 1, 1, 1, 0, 1));
    expect(feeds['document.image.order']).toEqual({ values: Int32Array.of(3, 1, 0, 2), shape: [4] });
    expect(feeds['document.present'].values).toEqual(Float32Array.of(1, 1, 0, 1));
  });

  it('loses the share of its images that feature dropout asks for, now and then all of a document', () => {
    const features = Array.from({ length: 2000 }, () => [[long]]);
    const dropout = { rate: 0.2, tokenRate: 0, random: seededRandom(3) };
    const { feeds } = fillTowerInputs(tower, {}, features, singleChunk, dropout);
    const present = (feeds['document.present'].values as Float32Array).reduce((sum, x) => sum + x, 0);
    // each kept with .8: 1600 with a deviation of 18
    expect(Math.abs(present - 1600)).toBeLessThan(72);
    expect(feeds['document.image.mask0'].values).toEqual(feeds['document.present'].values);
  });
});

describe('feature dropout', () => {
  it('leaves out the share that was asked for, and never a country or the start of a text', () => {
    const ids = Int32Array.from({ length: 2000 }, (_, i) => i % 50);
    const lengths = { ...texts.towers.query };
    const features = [[ids, ids.subarray(0, 6), Int32Array.of(1)]];
    const random = seededRandom(5);
    let starts = 0;
    let kept = 0;
    for (let i = 0; i < 50; i++) {
      const { feeds } = fillTowerInputs(lengths, texts.tables, features, singleChunk, {
        rate: 0,
        tokenRate: 0.2,
        random,
      });
      const { values, shape } = feeds['query.text.embedded0'];
      const first = texts.tables.token!.values[0] + texts.tables['query.position']!.values[0];
      if (values[0] === Math.fround(first)) starts++;
      kept += shape[0] - 1;
      expect(Array.from(feeds['query.present'].values as Float32Array)).toEqual([1, 1, 1]);
    }
    expect(starts).toBe(50);
    // 250 tokens, each kept with .8: 200 with a deviation of 6.3.
    expect(Math.abs(kept - 200)).toBeLessThan(26);
  });

  it('draws the same for the same seed and does nothing at rate 0', () => {
    const features = someFeatures(texts, 'document', 5);
    const fill = (rate: number, seed: number) =>
      fillTowerInputs(texts.towers.document, texts.tables, features, singleChunk, {
        rate,
        tokenRate: rate,
        random: seededRandom(seed),
      }).feeds;
    expect(fill(0.5, 1)).toEqual(fill(0.5, 1));
    expect(fill(0.5, 1)).not.toEqual(fill(0.5, 2));
    expect(fill(0, 1)).toEqual(fillTowerInputs(texts.towers.document, texts.tables, features).feeds);
  });
});
