import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeColumns } from '../../src/columns/write-columns.js';
import { termScore } from '../../src/lexical/bm25.js';
import { decodeList, placeOf } from '../../src/lexical/decoded-list.js';
import { MemorySegment } from '../../src/lexical/memory-segment.js';
import { noShape, ShapeNumbers, scoreShapes, shapeWords } from '../../src/lexical/posting-shapes.js';
import { ScoredList, scoreReachedBy } from '../../src/lexical/scored-list.js';
import { noMoreDocuments } from '../../src/lexical/segment-reader.js';
import { SegmentWriter } from '../../src/lexical/segment-writer.js';
import { CollectionStatistics } from '../../src/lexical/statistics.js';
import { StoredSegment } from '../../src/lexical/stored-segment.js';
import { encodeTerm } from '../../src/lexical/term-bytes.js';
import { createWeighting } from '../../src/lexical/weighting.js';
import { corpus } from './random-corpus.js';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function segmentOf(seedOfIt: number, size: number): StoredSegment {
  const memory = new MemorySegment(2);
  for (const { id, fields } of corpus(seedOfIt, size)) memory.add(id, fields);
  return new StoredSegment(memory.write());
}

function weightingOf({ header }: StoredSegment) {
  const statistics = new CollectionStatistics(2);
  statistics.addAll(header.documents, header.totalLength, header.withField);
  return createWeighting(statistics, { k1: 0.9, b: 0.4 }, [1, 0.4]);
}

describe('decodeList', () => {
  it('holds the documents and scores that the iterator gives, and finds each document and no other', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 500 }), (s, size) => {
        const segment = segmentOf(s, size);
        const weighting = weightingOf(segment);
        const shapes = new ShapeNumbers();
        for (let ordinal = 0; ordinal < segment.dictionary.count; ordinal++) {
          const list = decodeList(segment, segment.borrowPostings(), ordinal, shapes);
          const scored = new ScoredList(list, segment.arrays, weighting, 2.5);
          const scores = new Map<number, number>();
          const postings = segment.borrowPostings();
          postings.open(ordinal);
          for (let doc = postings.next(); doc !== noMoreDocuments; doc = postings.next()) {
            let frequency = 0;
            for (const field of [0, 1]) {
              const tf = postings.frequency(field);
              if (tf > 0) frequency += tf * weighting.occurrence(field, segment.fieldLength(field, doc));
            }
            scores.set(doc, termScore(weighting.k1, 2.5, frequency));
          }
          expect([...list.docs]).toEqual([...scores.keys(), noMoreDocuments]);
          const places = Array.from({ length: size }, (_, doc) => placeOf(list, doc));
          const found = places.map(place => (place < 0 ? undefined : scored.scores[list.codes[place]]));
          expect(found).toEqual(places.map((_, doc) => scores.get(doc)));
          const falling = [...scores.values()].sort((a, b) => b - a);
          expect(scored.top).toBe(falling[0]);
          for (const count of [1, 2, 10, falling.length])
            expect(scoreReachedBy(scored, count)).toBe(falling[count - 1] ?? Number.NEGATIVE_INFINITY);
          expect(scoreReachedBy(scored, falling.length + 1)).toBe(Number.NEGATIVE_INFINITY);
          const inOrder = [...scores.values()];
          for (const [block, top] of scored.blockTops.entries())
            expect(top).toBeGreaterThanOrEqual(Math.max(...inOrder.slice(block * 128, block * 128 + 128)));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('finds the documents of a list that stand all together at one end of a large segment', () => {
    const memory = new MemorySegment(1);
    const token = (term: string) => [{ term, position: 0 }];
    for (let i = 0; i < 5000; i++) memory.add(`${i}`, [token(i >= 4700 ? 'rare' : 'other')]);
    const segment = new StoredSegment(memory.write());
    const list = decodeList(segment, segment.borrowPostings(), segment.ordinalOf('rare'), new ShapeNumbers());
    for (let doc = 0; doc < 5000; doc++) expect(placeOf(list, doc)).toBe(doc >= 4700 ? doc - 4700 : -1);
  });
});

describe('a list of more shapes than two bytes can number', () => {
  it('keeps them apart', () => {
    const size = 70_000; // every document of another length
    const writer = new SegmentWriter(1);
    for (let doc = 0; doc < size; doc++) writer.addDocument(`${doc}`, () => doc + 1);
    writer.startTerm(encodeTerm('a'));
    for (let doc = 0; doc < size; doc++) writer.postings.add(doc, 0, [0], 0, 1);
    writer.endTerm();
    const segment = new StoredSegment(
      writer.finish({ columns: writeColumns([], size), objects: undefined, words: null }, null),
    );
    const list = decodeList(segment, segment.borrowPostings(), 0, new ShapeNumbers());
    const lengths = Array.from(list.codes, code => list.shapes[code * shapeWords + 2]);
    expect(lengths).toEqual(Array.from({ length: size }, (_, doc) => doc + 1));
  });
});

describe('ShapeNumbers', () => {
  it('gives one number to one shape, however many there are, and forgets them when cleared', () => {
    const shapes = new ShapeNumbers();
    for (let round = 0; round < 2; round++) {
      const all = Array.from({ length: 10_000 }, (_, i) => i);
      const number = (i: number) => shapes.numberOf(noShape, 1 + (i % 100), Math.floor(i / 100));
      expect(all.map(number)).toEqual(all);
      expect(all.map(number)).toEqual(all);
      expect(shapes.numberOf(3, 1, 0)).toBe(10_000); // the same last field behind another one
      expect(shapes.count).toBe(10_001);
      shapes.clear();
      expect(shapes.count).toBe(0);
    }
  });

  it('scores a shape as the sum of its fields', () => {
    const statistics = new CollectionStatistics(2);
    statistics.addAll(2, [8, 20], [2, 2]); // average lengths 4 and 10
    const weighting = createWeighting(statistics, { k1: 1, b: 0.5 }, [1, 0.5]);
    const shapes = new ShapeNumbers();
    const title = shapes.numberOf(noShape, 1, 4); // once, length 4 = the average: 1
    const both = shapes.numberOf(title, (1 << 24) | 3, 30); // three times, length 30: 3 * .5 / (.5 + .5 * 3) = .75
    const scores = scoreShapes(shapes.words(), weighting, 7);
    expect(scores[title]).toBeCloseTo(7 * (1 / (1 + 1)), 12);
    expect(scores[both]).toBeCloseTo(7 * (1.75 / (1 + 1.75)), 12);
  });
});
