import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ListCache } from '../../src/lexical/list-cache.js';
import { MemorySegment } from '../../src/lexical/memory-segment.js';
import { CollectionStatistics } from '../../src/lexical/statistics.js';
import { StoredSegment } from '../../src/lexical/stored-segment.js';
import { createWeighting, type Weighting } from '../../src/lexical/weighting.js';
import { corpus } from './random-corpus.js';

const memory = new MemorySegment(2);
for (const { id, fields } of corpus(31, 2000)) memory.add(id, fields);
const segment = new StoredSegment(memory.write());
const terms = Array.from({ length: segment.dictionary.count }, (_, ordinal) => ordinal);

function statisticsOf({ header }: StoredSegment, fields: number): CollectionStatistics {
  const statistics = new CollectionStatistics(fields);
  statistics.addAll(header.documents, header.totalLength, header.withField);
  return statistics;
}

const weightingOf = (of: StoredSegment): Weighting =>
  createWeighting(statisticsOf(of, 2), { k1: 0.9, b: 0.4 }, [1, 0.4]);

describe('ListCache', () => {
  it('hands out the same list until the memory is full, and scores it anew for another weighting or weight alone', () => {
    const cache = new ListCache(2 ** 24);
    const weighting = weightingOf(segment);
    const first = cache.scored(segment, 0, weighting, 1);
    expect(cache.scored(segment, 0, weighting, 1)).toBe(first);
    const heavier = cache.scored(segment, 0, weighting, 2);
    expect(heavier.list).toBe(first.list);
    expect(heavier.top).toBe(2 * first.top);
    expect(first.top).toBe(cache.scored(segment, 0, weightingOf(segment), 1).top);
  });

  it('never holds more than its limit', () => {
    const weighting = weightingOf(segment);
    const sizes = terms.map(ordinal => new ListCache().scored(segment, ordinal, weighting, 1).list.bytes);
    const all = sizes.reduce((sum, bytes) => sum + bytes, 0);
    for (const limit of [0, all / 7, all / 2, all]) {
      const cache = new ListCache(limit);
      for (let round = 0; round < 3; round++) {
        for (const ordinal of terms) {
          cache.scored(segment, ordinal, weighting, 1);
          expect(cache.bytes).toBeLessThanOrEqual(limit);
        }
      }
    }
  });

  it('counts what lists of a posting or two take, of which a vocabulary has most', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const inUse = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const token = (term: string, position: number) => ({ term, position });
    const rare = new MemorySegment(1);
    for (let i = 0; i < 10_000; i++) rare.add(`${i}`, [[token(`term${i}`, 0), token('all', 1)]]);
    const many = new StoredSegment(rare.write());
    const weighting = createWeighting(statisticsOf(many, 1), { k1: 0.9, b: 0.4 }, [1]);
    const cache = new ListCache();
    const scored = (from: number, to: number): void => {
      for (let ordinal = from; ordinal < to; ordinal++) void cache.scored(many, ordinal, weighting, 1).best;
    };
    scored(0, 2_000); // what is made once is there
    const [before, counted] = [inUse(), cache.bytes];
    scored(2_000, 10_000);
    const taken = inUse() - before;
    expect(cache.bytes - counted).toBeGreaterThan(0.8 * taken);
    expect(cache.bytes - counted).toBeLessThan(2 * taken);
  });

  it('keeps what is asked for again and again, and lets go of what is not', () => {
    const weighting = weightingOf(segment);
    const often = terms.at(-1) as number;
    const cache = new ListCache(new ListCache().scored(segment, 0, weighting, 1).list.bytes * 6);
    const kept = cache.scored(segment, often, weighting, 1).list;
    const once = cache.scored(segment, 1, weighting, 1).list;
    for (const ordinal of terms.slice(2)) {
      cache.scored(segment, ordinal, weighting, 1);
      expect(cache.scored(segment, often, weighting, 1).list).toBe(kept);
    }
    expect(cache.scored(segment, 1, weighting, 1).list).not.toBe(once);
  });
});
