import { describe, expect, it } from 'vitest';
import { type Catalogue, takeDocuments, takePairs } from '../../../bench/catalogue-sizes/catalogue.js';

const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `d${from + i}`);

/** 60 documents; three validation queries that want d0..d29, three test queries that want d30..d59, ten each; three pairs a document. */
function makeCatalogue(): Catalogue {
  const documents = ids(0, 60).map(id => ({ id, title: id }));
  const judged = (name: string, first: number) => ({
    queries: [0, 1, 2].map(q => ({ id: `${name}${q}`, text: `${name} ${q}` })),
    qrels: new Map(
      [0, 1, 2].map(q => [`${name}${q}`, new Map(ids(first + 10 * q, first + 10 * q + 10).map(id => [id, 1]))]),
    ),
  });
  return {
    name: 'made',
    documents,
    pairs: documents.flatMap(({ id }) => [1, 2, 3].map(n => ({ query: `${id} ${n}`, documentId: id }))),
    validation: judged('v', 0),
    test: judged('t', 30),
  };
}

describe('takeDocuments', () => {
  it('takes a third for validation queries, a third for test queries, and what belongs to them', () => {
    const { documents, pairs, validation, test } = takeDocuments(makeCatalogue(), 30, 1);
    const taken = new Set(documents.map(({ id }) => id));
    expect(taken.size).toBe(30);
    expect(pairs).toHaveLength(90);
    expect(pairs.every(({ documentId }) => taken.has(documentId))).toBe(true);
    for (const judged of [validation!, test]) {
      expect(judged.queries.map(({ id }) => id).sort()).toEqual([...judged.qrels.keys()].sort());
      const wanted = [...judged.qrels.values()].flatMap(gains => [...gains.keys()]);
      expect(wanted.length).toBeGreaterThanOrEqual(10);
      expect(wanted.every(id => taken.has(id))).toBe(true);
    }
  });

  it('is the same for a seed, another for another, and everything where there is no more', () => {
    const whole = makeCatalogue();
    expect(takeDocuments(whole, 20, 1)).toEqual(takeDocuments(whole, 20, 1));
    expect(takeDocuments(whole, 20, 1)).not.toEqual(takeDocuments(whole, 20, 2));
    expect(takeDocuments(whole, 60, 1)).toBe(whole);
  });
});

describe('takePairs', () => {
  it('keeps at most so many of each document', () => {
    const { pairs } = takePairs(makeCatalogue(), 2, 1);
    const counts = new Map<string, number>();
    for (const { documentId } of pairs) counts.set(documentId, (counts.get(documentId) ?? 0) + 1);
    expect([...counts.values()]).toEqual(Array(60).fill(2));
  });

  it('has nothing to validate on without pairs', () => {
    const { pairs, validation, test } = takePairs(makeCatalogue(), 0, 1);
    expect({ pairs, validation }).toEqual({ pairs: [], validation: undefined });
    expect(test.queries).toHaveLength(3);
  });
});
