import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldTokens, MemorySegment } from '../../src/lexical/memory-segment.js';
import { mergeSegments } from '../../src/lexical/merge-segments.js';
import { noMoreDocuments, type SegmentReader } from '../../src/lexical/segment-reader.js';
import { StoredSegment } from '../../src/lexical/stored-segment.js';
import { seededRandom } from '../../src/math/random.js';
import { corpus } from './random-corpus.js';

interface Posting {
  readonly id: string;
  /** by field */
  readonly positions: readonly (readonly number[])[];
}

/** Every live posting of a term through the iterator. */
function postingsOf(segment: SegmentReader, term: string): Posting[] {
  const found: Posting[] = [];
  const postings = segment.postings(term);
  for (let doc = postings?.next(); postings && doc !== undefined && doc !== noMoreDocuments; doc = postings.next()) {
    if (!segment.isLive(doc)) continue;
    const fields = Array.from({ length: segment.fieldCount }, (_, field) => field);
    // the last field first: positions may be asked in any order, and twice
    const last = postings.positions(segment.fieldCount - 1);
    const positions = fields.map(field => postings.positions(field));
    expect(positions.at(-1)).toEqual(last);
    expect(fields.map(field => postings.frequency(field))).toEqual(positions.map(each => each.length));
    found.push({ id: segment.idOf(doc), positions });
  }
  return found;
}

/** The same from the documents themselves. */
const expectedPostings = (documents: readonly { id: string; fields: FieldTokens }[], term: string): Posting[] =>
  documents.flatMap(({ id, fields }) => {
    const positions = fields.map(tokens => tokens.filter(token => token.term === term).map(token => token.position));
    return positions.some(each => each.length > 0) ? [{ id, positions }] : [];
  });

function memoryOf(documents: readonly { id: string; fields: FieldTokens }[]): MemorySegment {
  const segment = new MemorySegment(2);
  for (const { id, fields } of documents) segment.add(id, fields);
  return segment;
}

const termsOf = (segment: SegmentReader): string[] => [...segment.terms('')];

describe('StoredSegment', () => {
  it('holds every posting, position, length and id of its documents, as the memory segment did', () => {
    for (const [seed, size] of [
      [1, 1],
      [2, 127],
      [3, 128],
      [4, 129],
      [5, 700],
    ]) {
      const documents = corpus(seed, size);
      const memory = memoryOf(documents);
      const stored = new StoredSegment(memory.write());
      expect(termsOf(stored)).toEqual(termsOf(memory));
      for (const term of termsOf(stored)) {
        const wanted = expectedPostings(documents, term);
        expect(postingsOf(stored, term)).toEqual(wanted);
        expect(postingsOf(memory, term)).toEqual(wanted);
        expect(stored.documentFrequency(term)).toBe(wanted.length);
      }
      documents.forEach(({ id, fields }, doc) => {
        expect([stored.idOf(doc), stored.find(id)]).toEqual([id, doc]);
        expect(fields.map((_, field) => stored.fieldLength(field, doc))).toEqual(fields.map(tokens => tokens.length));
      });
      expect([...stored.fuzzy('w1', 1)]).toEqual([...memory.fuzzy('w1', 1)]);
      expect([stored.find('none'), stored.postings('none'), stored.documentFrequency('none')]).toEqual([
        -1,
        undefined,
        0,
      ]);
    }
  });

  it('advances to where stepping would have come, in both forms of a segment', () => {
    const documents = corpus(11, 900);
    const memory = memoryOf(documents);
    const stored = new StoredSegment(memory.write());
    const term = fc.constantFrom(...termsOf(stored));
    const moves = fc.array(fc.oneof(fc.constant('next' as const), fc.nat({ max: 300 })), { maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom<SegmentReader>(memory, stored), term, moves, (segment, wanted, path) => {
        const all: number[] = [];
        const walk = segment.postings(wanted);
        for (let doc = walk?.next(); walk && doc !== undefined && doc !== noMoreDocuments; doc = walk.next())
          all.push(doc);
        const postings = segment.postings(wanted);
        let at = -1;
        for (const move of path) {
          if (at === noMoreDocuments) break;
          const target = move === 'next' ? at + 1 : at + move;
          const expected = target <= at ? at : (all.find(doc => doc >= target) ?? noMoreDocuments);
          at = (move === 'next' ? postings?.next() : postings?.advance(target)) ?? noMoreDocuments;
          if (target >= 0) expect(at).toBe(expected);
          expect(postings?.doc).toBe(at);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('counts df over the living alone, asked early, late and in between', () => {
    const documents = corpus(12, 1000);
    const stored = new StoredSegment(memoryOf(documents).write());
    const random = seededRandom(13);
    const terms = termsOf(stored);
    const alive = new Set(documents.map(({ id }) => id));
    while (alive.size > 0) {
      const id = [...alive][random.below(alive.size)];
      stored.remove(stored.find(id));
      alive.delete(id);
      if (random.next() > 0.03 && alive.size > 0) continue;
      const left = documents.filter(document => alive.has(document.id));
      for (const term of [terms[random.below(terms.length)], terms[0]]) {
        expect(stored.documentFrequency(term)).toBe(expectedPostings(left, term).length);
      }
    }
    expect(stored.liveCount).toBe(0);
  });

  it('keeps ids beyond Latin-1, with half surrogates, and finds them', () => {
    const ids = ['', 'a', 'é', '字', '\ud800', '\udfff', '😀', '\uffff'];
    const stored = new StoredSegment(
      memoryOf(ids.map(id => ({ id, fields: [[{ term: 't', position: 0 }], []] }))).write(),
    );
    expect(ids.map((_, doc) => stored.idOf(doc))).toEqual(ids);
    expect(ids.map(id => stored.find(id))).toEqual(ids.map((_, doc) => doc));
    const order = ids.map((_, doc) => doc).sort((a, b) => stored.compareIds(a, b));
    expect(order.map(doc => ids[doc])).toEqual([...ids].sort());
  });

  it('keeps very long fields and very high frequencies', () => {
    const long = Array.from({ length: 70_000 }, (_, position) => ({
      term: position % 2 ? 'odd' : `t${position}`,
      position,
    }));
    const stored = new StoredSegment(memoryOf([{ id: 'a', fields: [long, []] }]).write());
    expect(stored.fieldLength(0, 0)).toBe(70_000);
    expect(postingsOf(stored, 'odd')[0].positions[0]).toHaveLength(35_000);
  });
});

describe('mergeSegments', () => {
  it('writes the bytes that a flush of the living documents would have written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 2, max: 5 }), (seed, parts) => {
        const random = seededRandom(seed);
        const documents = corpus(seed, 300).map(document => ({
          ...document,
          part: random.below(parts),
          kept: random.next() < 0.7,
        }));
        const cut = Array.from({ length: parts }, (_, part) => documents.filter(document => document.part === part));
        const sources = cut.map(part => {
          const segment = new StoredSegment(memoryOf(part).write());
          for (const { id, kept } of part) if (!kept) segment.remove(segment.find(id));
          return { file: segment.file, removed: segment.removed };
        });
        const merged = mergeSegments(sources);
        const flushed = memoryOf(cut.flat().filter(({ kept }) => kept)).write();
        expect(Buffer.compare(merged, flushed)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
