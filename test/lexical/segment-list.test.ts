import { describe, expect, it } from 'vitest';
import { SegmentList } from '../../src/lexical/segment-list.js';
import { seededRandom } from '../../src/math/random.js';
import { corpus } from './random-corpus.js';

const live = (list: SegmentList): string[] =>
  list.all
    .flatMap(segment =>
      Array.from({ length: segment.documentCount }, (_, doc) => (segment.isLive(doc) ? segment.idOf(doc) : undefined)),
    )
    .filter(id => id !== undefined)
    .sort();

describe('SegmentList', () => {
  it('merges in a thread while documents go and come, and loses none of it', async () => {
    const documents = corpus(21, 12_000);
    const list = new SegmentList(2);
    const alive = new Set<string>();
    for (const { id, fields } of documents) {
      list.add(id, fields);
      alive.add(id);
    }
    list.flush();
    expect(list.stored.reduce((sum, { header }) => sum + header.postings, 0)).toBeGreaterThan(2 ** 13);
    list.remove(documents[0].id);
    alive.delete(documents[0].id);
    const compacting = list.compact();
    // the thread has its copy of the removals by now: what follows must be carried over when it is done
    const random = seededRandom(22);
    for (let i = 0; i < 500; i++) {
      const { id } = documents[random.below(documents.length)];
      expect(list.remove(id)).toBe(alive.delete(id));
    }
    const { id, fields } = documents[5];
    list.add(id, fields);
    alive.add(id);
    await compacting;
    expect(live(list)).toEqual([...alive].sort());
    expect(list.statistics.documents).toBe(alive.size);
    expect(list.find(id)).toBeDefined();
    await list.compact();
    expect(list.stored).toHaveLength(1);
    expect(live(list)).toEqual([...alive].sort());
    // the thread did it, and not the work that stands in where it cannot start
    expect(list.made).toMatchObject({ merges: expect.any(Number), inPlace: 0 });
    expect(list.made.merges).toBeGreaterThan(0);
  });

  it('keeps the number of small segments bounded and forgets empty ones', () => {
    const list = new SegmentList(2);
    for (const { id, fields } of corpus(23, 400)) {
      list.add(id, fields);
      if (Number(id) % 10 === 0) list.flush();
    }
    list.flush();
    expect(list.stored.length).toBeGreaterThan(0);
    expect(list.stored.length).toBeLessThanOrEqual(9);
    for (let i = 0; i < 400; i++) expect(list.remove(String(i))).toBe(true);
    list.flush();
    list.add('new', [[{ term: 'a', position: 0 }], []]);
    list.flush();
    expect(list.stored.map(segment => segment.documentCount)).toEqual([1]);
    expect(list.statistics.averageLength(0)).toBe(1);
  });

  it('flushes by itself when there is much in memory, and earlier when it is searched', () => {
    const list = new SegmentList(1);
    for (let i = 0; i < 2 ** 16; i++) list.add(String(i), [[]]);
    expect([list.made.flushes, list.memory.documentCount]).toEqual([1, 0]);
    list.noteSearch();
    for (let i = 0; i < 2 ** 13; i++) list.add(`searched ${i}`, [[]]);
    expect([list.made.flushes, list.memory.documentCount]).toEqual([2, 0]);
    for (let i = 0; i < 2 ** 13; i++) list.add(`no more ${i}`, [[]]);
    expect([list.made.flushes, list.memory.documentCount]).toEqual([2, 2 ** 13]);
  });

  it('cuts segments where it is told, by documents or by occurrences', () => {
    const token = { term: 'a', position: 0 };
    const limits = { documents: 3, occurrences: 4, inlineBelow: 1e9 };
    const short = new SegmentList(1, [], null, limits);
    for (let i = 0; i < 7; i++) short.add(String(i), [[token]]);
    expect([short.stored.map(({ documentCount }) => documentCount), short.memory.documentCount]).toEqual([[3, 3], 1]);
    const long = new SegmentList(1, [], null, limits);
    for (let i = 0; i < 3; i++) long.add(String(i), [[token, { term: 'a', position: 1 }]]);
    expect([long.stored.map(({ documentCount }) => documentCount), long.memory.documentCount]).toEqual([[2], 1]);
  });
});
