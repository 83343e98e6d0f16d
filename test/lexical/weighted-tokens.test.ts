import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DocumentRow, documentRowSchema, type QueryToken, queryTokens } from '../../src/config/rows.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import { pick } from '../columns/random-documents.js';
import { explainTokens, searchTokens } from './ask.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-weights-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const options = {
  bm25: { k1: 0.9, b: 0.6 },
  fieldWeights: { title: 1, description: 0.5 },
  attributeWeight: 0.2,
  language: 'en',
};
const fields = ['attributes', 'description', 'title'] as const;
const weightOf: Readonly<Record<string, number>> = { attributes: 0.2, description: 0.5, title: 1 };
const terms = ['a-class account', 'a-class', 'account', 'bank', 'red', 'lamp'];

interface Token {
  readonly term: string;
  readonly position: number;
  readonly weight?: number;
}

function randomTokens(random: Random): (Token | string)[] {
  let position = 0;
  return Array.from({ length: random.below(8) }, () => {
    position += random.below(3);
    const term = pick(random, terms);
    if (random.next() < 0.3) return { term, position };
    return { term, position, weight: pick(random, [1, 0.4, 0.4, 0.7, 0.1, 0.44]) };
  });
}

const inTenths = ({ weight = 1 }: Token): number => Math.max(1, Math.round(10 * weight));

/** The oracle: BM25F over fields and tenths, every statistic counted anew. */
function naiveScores(
  documents: readonly DocumentRow[],
  tokens: readonly QueryToken[],
  weights: Readonly<Record<string, number>>,
): Map<string, number> {
  const { k1, b } = options.bm25;
  const parts = fields.flatMap(field => Array.from({ length: 10 }, (_, i) => ({ field, tenths: i + 1 })));
  const tokensOf = (row: DocumentRow, field: string, tenths: number): Token[] => {
    const seen = new Set<string>();
    const given = (row.tokens?.[field] ?? []) as Token[];
    const first = given.filter(({ term, position }) => {
      const name = `${position} ${term}`;
      return !seen.has(name) && seen.add(name);
    });
    return first.filter(token => inTenths(token) === tenths);
  };
  const lengthOf = (own: readonly Token[]): number => new Set(own.map(({ position }) => position)).size;
  const average = (field: string, tenths: number): number => {
    const lengths = documents.map(row => lengthOf(tokensOf(row, field, tenths))).filter(length => length > 0);
    return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  };
  const averages = parts.map(({ field, tenths }) => average(field, tenths));
  const wanted = new Map<string, number>();
  for (const token of tokens) {
    const { term, weight = 1 } = typeof token === 'string' ? { term: token } : token;
    wanted.set(term, (wanted.get(term) ?? 0) + weight);
  }
  const holds = (row: DocumentRow, term: string): boolean =>
    fields.some(field => ((row.tokens?.[field] ?? []) as Token[]).some(token => token.term === term));
  return new Map(
    documents.flatMap(row => {
      let score = 0;
      for (const [term, repeats] of wanted) {
        if (!holds(row, term)) continue;
        const df = documents.filter(other => holds(other, term)).length;
        const idf = Math.log(1 + (documents.length - df + 0.5) / (df + 0.5));
        let frequency = 0;
        parts.forEach(({ field, tenths }, i) => {
          const own = tokensOf(row, field, tenths);
          const count = own.filter(token => token.term === term).length;
          if (count === 0) return;
          frequency += (count * weights[field] * tenths) / 10 / (1 - b + (b * lengthOf(own)) / averages[i]);
        });
        score += (repeats * idf * frequency) / (k1 + frequency);
      }
      return [...wanted.keys()].some(term => holds(row, term)) ? [[row.id, score]] : [];
    }),
  );
}

const randomQuery = (random: Random): QueryToken[] =>
  Array.from({ length: 1 + random.below(4) }, () =>
    random.next() < 0.4 ? pick(random, terms) : { term: pick(random, terms), weight: pick(random, [1, 0.4, 0.05]) },
  );

function compare(index: TokenIndex, documents: readonly DocumentRow[], random: Random, where: string): void {
  for (let i = 0; i < 12; i++) {
    const tokens = randomQuery(random);
    const own = random.next() < 0.4 ? { title: 2, description: 0.3 } : undefined;
    const wanted = naiveScores(documents, tokens, { ...weightOf, ...own });
    const k = 1 + random.below(40);
    const hits = searchTokens(index, { text: '', tokens, fieldWeights: own, k });
    const scores = [...wanted.values()].sort((a, b) => b - a).slice(0, k);
    expect(hits.length, where).toBe(scores.length);
    hits.forEach(({ id, score }, rank) => {
      expect(score, where).toBeCloseTo(scores[rank], 9);
      expect(score, where).toBeCloseTo(wanted.get(id) ?? Number.NaN, 9);
    });
    if (own !== undefined || hits.length === 0) continue;
    const { id, score } = pick(random, hits);
    expect(explainTokens(index, { text: '', tokens }, id)?.value, where).toBeCloseTo(score, 9);
  }
}

describe('given tokens with weights', () => {
  it('count in proportion, as BM25F says, over segments, removals, merges and the disk', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed);
      const index = createTokenIndex(options);
      const documents = new Map<string, DocumentRow>();
      for (let i = 0; i < 120; i++) {
        const id = `d${random.below(90)}`;
        // the first ones know no weights, so that there are segments without their fields
        const strip = (tokens: (Token | string)[]) =>
          i < 30 ? tokens.map(token => (typeof token === 'string' ? token : { ...token, weight: undefined })) : tokens;
        const tokens = Object.fromEntries(fields.map(field => [field, strip(randomTokens(random))]));
        const row = documentRowSchema.parse({ id, title: 'not read', tokens: JSON.parse(JSON.stringify(tokens)) });
        documents.set(id, row);
        index.add(row);
        if (i === 25 || random.next() < 0.06) index.flush();
        if (random.next() < 0.1 && documents.delete(id)) index.remove(id);
      }
      const all = [...documents.values()];
      compare(index, all, random, `seed ${seed}, made`);
      await index.save(join(root, `${seed}`));
      const loaded = await loadTokenIndex(join(root, `${seed}`));
      compare(loaded, all, random, `seed ${seed}, loaded`);
      await loaded.compact();
      compare(loaded, all, random, `seed ${seed}, compacted`);
      const more = documentRowSchema.parse({
        id: 'new',
        title: 'x',
        tokens: { title: [{ term: 'red', weight: 0.2 }] },
      });
      loaded.add(more);
      compare(loaded, [...all, more], random, `seed ${seed}, written to`);
    }
  });

  const index = (): TokenIndex => {
    const made = createTokenIndex(options);
    const rows = [
      {
        id: 'whole',
        tokens: {
          title: ['a-class account', { term: 'a-class', position: 0, weight: 0.4 }, { term: 'account', weight: 0.4 }],
        },
      },
      { id: 'word', tokens: { title: ['account'] } },
      { id: 'other', tokens: { title: ['bank'] } },
    ];
    for (const row of rows) made.add(documentRowSchema.parse({ title: 'x', ...row }));
    return made;
  };
  const found = (tokens: QueryToken[]) => searchTokens(index(), { text: '', tokens, k: 9 }).map(({ id }) => id);

  it('put a word above a part of another one', () => {
    expect(found(['account'])).toEqual(['word', 'whole']);
    expect(found(['a-class account'])).toEqual(['whole']);
    expect(found(['a-class'])).toEqual(['whole']);
  });

  it('weigh what a query asks for', () => {
    expect(found([{ term: 'account', weight: 0.1 }, 'bank'])).toEqual(['other', 'word', 'whole']);
    expect(found(['account', { term: 'bank', weight: 0.1 }])).toEqual(['word', 'whole', 'other']);
  });

  it('are found in their field, by phrases among one another, and cost nothing where there are none', () => {
    const made = index();
    const inField = (text: string, field: string) =>
      searchTokens(made, { query: { phrase: { text, fields: [field] } }, language: 'und', k: 9 }).map(({ id }) => id);
    expect(made.fields).toEqual(['attributes', 'description', 'title']);
    expect([inField('account', 'title'), inField('account', 'description')]).toEqual([['word', 'whole'], []]);
    expect(made.segments()[0].fieldCount).toBe(4);
    const plain = createTokenIndex(options);
    plain.add(documentRowSchema.parse({ id: '1', title: 'x', tokens: { title: [{ term: 'a', weight: 1 }, 'b'] } }));
    expect(plain.segments()[0].fieldCount).toBe(3);
  });
});

describe('the weight of a token', () => {
  it.each([0, -1, 1.01, '1', null])('may not be %j', weight => {
    const row = { id: '1', title: 'x', tokens: { title: [{ term: 'a', weight }] } };
    expect(documentRowSchema.safeParse(row).success).toBe(false);
    expect(queryTokens.safeParse([{ term: 'a', weight }]).success).toBe(false);
  });

  it('may be any in (0, 1]', () => {
    for (const weight of [1e-9, 0.4, 1, undefined]) {
      expect(queryTokens.safeParse([{ term: 'a', weight }, 'b']).success).toBe(true);
      expect(
        documentRowSchema.safeParse({ id: '1', title: 'x', tokens: { title: [{ term: 'a', weight }] } }).success,
      ).toBe(true);
    }
  });
});
