import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex, type TokenIndex, type TokenIndexOptions } from '../../src/lexical/token-index.js';
import { proximityRanker } from '../../src/ranking/proximity.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { explainTokens, searchTokens } from './ask.js';
import { weighWords } from './naive-index.js';

const plain: TokenIndexOptions = {
  bm25: { k1: 1, b: 0.5 },
  fieldWeights: { title: 1, description: 0.5 },
  language: 'en',
};
const indexOf = (documents: readonly DocumentRow[], options: Partial<TokenIndexOptions> = {}): TokenIndex => {
  const index = createTokenIndex({ ...plain, ...options });
  for (const document of documents) index.add(document);
  return index;
};
const scoresOf = (index: TokenIndex, text: string, k = 100): Map<string, number> =>
  new Map(searchTokens(index, { text, k }).map(({ id, score }) => [id, score]));

const analyzer = createAnalyzer('en');

/** The oracle: proximity of one document as it is described, every pair of positions tried. Knows no joined words. */
function proximityOf(document: DocumentRow, documents: readonly DocumentRow[], text: string): number {
  const positions = (row: DocumentRow, term: string): number[][] =>
    [row.title, row.description ?? ''].map(value =>
      analyzer.analyze(value).flatMap(token => (token.term === term ? [token.position] : [])),
    );
  const df = (term: string): number => documents.filter(row => positions(row, term).flat().length > 0).length;
  const idf = (term: string): number => Math.log(1 + (documents.length - df(term) + 0.5) / (df(term) + 0.5));
  const said = weighWords(analyzer.analyze(text), df, idf).filter(({ term }) => df(term) > 0);
  if (new Set(said.map(({ term }) => term)).size < 2) return 0;
  const counts = (term: string): number => said.find(each => each.term === term)?.weight ?? 1;
  const words = [...new Set(said.filter(({ stop }) => !stop).map(({ term }) => term))];
  const held = words.filter(term => positions(document, term).flat().length > 0).length;
  const mean = words.reduce((sum, term) => sum + idf(term), 0) / words.length;
  const neighbours = [said, said.filter(({ stop }) => !stop)];
  const pairs = new Set(neighbours.flatMap(list => list.slice(1).map(({ term }, i) => `${list[i].term} ${term}`)));
  let value = (0.5 * mean * held) / words.length;
  for (const pair of pairs) {
    const [left, right] = pair.split(' ');
    if (left === right) continue;
    const before = positions(document, left);
    const behind = positions(document, right);
    const distances = before.flatMap((from, field) =>
      from.flatMap(start => behind[field].filter(end => end > start).map(end => end - start)),
    );
    if (distances.length > 0)
      value += (0.3 * Math.min(counts(left) * idf(left), counts(right) * idf(right))) / Math.min(...distances);
  }
  return value;
}

const word = fc.constantFrom('red', 'blue', 'hat', 'shoe', 'warm', 'the');
const text = fc.array(word, { maxLength: 8 }).map(words => words.join(' '));
const corpus = fc
  .array(fc.record({ title: text, description: fc.option(text, { nil: undefined }) }), { minLength: 1, maxLength: 20 })
  .map(rows => rows.map((row, i): DocumentRow => ({ id: String(i), ...row })));

describe('proximity', () => {
  it('is worked by hand', () => {
    const documents = [
      { id: 'a', title: 'red warm hat' },
      { id: 'b', title: 'hat, red' },
      { id: 'c', title: 'red shoe' },
    ];
    const [with_, without] = [indexOf(documents, { proximity: true }), indexOf(documents)];
    const [scores, before] = [scoresOf(with_, 'red hat'), scoresOf(without, 'red hat')];
    const added = (id: string): number => (scores.get(id) ?? 0) - (before.get(id) ?? 0);
    // idf of red (df 3 of 3): ln(1 + .5 / 3.5) = ln(8/7); of hat (df 2): ln(1 + 1.5 / 2.5) = ln 1.6
    const [red, hat] = [Math.log(8 / 7), Math.log(1.6)];
    const whole = (0.5 * (red + hat)) / 2;
    // a: both words, hat two behind red; b: both, but hat stands before red; c: one of two
    expect(added('a')).toBeCloseTo(whole + (0.3 * red) / 2, 12);
    expect(added('b')).toBeCloseTo(whole, 12);
    expect(added('c')).toBeCloseTo(whole / 2, 12);
  });

  it('equals the oracle for any documents and query, however the index is cut', () => {
    fc.assert(
      fc.property(corpus, text, fc.nat({ max: 20 }), (documents, query, cut) => {
        const [with_, without] = [indexOf([], { proximity: true }), indexOf(documents)];
        documents.forEach((document, i) => {
          with_.add(document);
          if (i === cut) with_.flush();
        });
        const before = scoresOf(without, query);
        const hits = searchTokens(with_, { text: query, k: 100 });
        expect(hits).toHaveLength(before.size);
        for (const { id, score } of hits) {
          const document = documents[Number(id)];
          expect(score).toBeCloseTo((before.get(id) ?? 0) + proximityOf(document, documents, query), 10);
          expect(explainTokens(with_, { text: query }, id)?.value).toBe(score);
        }
        const sorted = [...hits].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
        expect(hits).toEqual(sorted);
        expect(searchTokens(with_, { text: query, k: 3 })).toEqual(hits.slice(0, 3));
      }),
      { numRuns: 300 },
    );
  });

  it('takes a joined word for the two that it stands for', () => {
    const documents = Array.from({ length: 6 }, (_, i) => ({
      id: String(i),
      title: i < 3 ? 'deckover' : 'deck over it',
    }));
    const index = indexOf(documents, { proximity: true, spelling: true });
    const said = (id: string): string[] =>
      (explainTokens(index, { text: 'deck over' }, id)?.details[1].details ?? []).map(({ description }) => description);
    expect(said('0')).toContain('coordination: 2 of 2 words');
    expect(said('3')).toContain('proximity: "deck" 1 before "over"');
  });

  it('moves none but the best documents, and these stay before the others', () => {
    const documents = Array.from({ length: proximityRanker.depth + 50 }, (_, i) => ({
      id: String(i).padStart(4, '0'),
      title: `red ${'very '.repeat(i % 13)} hat`,
    }));
    const [with_, without] = [indexOf(documents, { proximity: true }), indexOf(documents)];
    const hits = searchTokens(with_, { text: 'red hat', k: documents.length });
    const before = searchTokens(without, { text: 'red hat', k: documents.length });
    const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);
    expect(ids(hits.slice(0, proximityRanker.depth)).sort()).toEqual(
      ids(before.slice(0, proximityRanker.depth)).sort(),
    );
    expect(hits.slice(proximityRanker.depth)).toEqual(before.slice(proximityRanker.depth));
    expect(hits[proximityRanker.depth - 1].score).toBeGreaterThanOrEqual(hits[proximityRanker.depth].score);
  });

  it('goes to the best of the documents that are accepted', () => {
    const documents = Array.from({ length: 3 * proximityRanker.depth }, (_, i) => ({
      id: String(i).padStart(4, '0'),
      title: i % 2 === 0 ? 'hat red' : 'red hat and shoe',
    }));
    const index = indexOf(documents, { proximity: true });
    const accept = (id: string): boolean => Number(id) % 2 === 1;
    const accepted = searchTokens(indexOf(documents), { text: 'red hat', k: proximityRanker.depth, accept });
    const hits = searchTokens(index, { text: 'red hat', k: proximityRanker.depth, accept });
    expect(hits.map(({ id }) => id)).toEqual(accepted.map(({ id }) => id));
    expect(hits.every(({ score }, i) => score > accepted[i].score)).toBe(true);
  });

  it('looks at the first words of an endless query alone', () => {
    const title = Array.from({ length: 400 }, (_, i) => `w${i}`).join(' ');
    const index = indexOf([{ id: 'a', title }], { proximity: true });
    const [hit] = searchTokens(index, { text: title, k: 1 });
    const parts = explainTokens(index, { text: title }, 'a')?.details[1].details ?? [];
    expect(parts.at(-1)?.description).toBe('coordination: 16 of 16 words');
    expect(parts.filter(({ description }) => description.startsWith('proximity'))).toHaveLength(15);
    expect(explainTokens(index, { text: title }, 'a')?.value).toBe(hit.score);
  });
});
