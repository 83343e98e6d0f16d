import type { JudgedQueries } from '../../data/prepared-files.js';
import { judge, type Qrels } from '../../data/qrels.js';
import type { DocumentRow, PairRow, QueryRow } from '../../src/config/rows.js';
import { type Random, seededRandom, shuffle } from '../../src/math/random.js';

/** Documents, pairs to train on, and judged queries that are not trained on. */
export interface Catalogue {
  readonly name: string;
  readonly documents: readonly DocumentRow[];
  readonly pairs: readonly PairRow[];
  readonly validation?: JudgedQueries;
  readonly test: JudgedQueries;
}

/**
 * A smaller catalogue of the same kind. A third of its documents are wanted by validation queries, a third by test queries, query by query,
 * so that few documents still have queries to be measured by; the rest are drawn by chance. Judgements of the others are left out.
 * @param count  documents; all of them when there are no more
 */
export function takeDocuments(catalogue: Catalogue, count: number, seed: number): Catalogue {
  const { name, documents, pairs, validation, test } = catalogue;
  if (count >= documents.length) return catalogue;
  const random = seededRandom(seed);
  const taken = new Set<string>();
  for (const [judged, most] of [
    [validation, count / 3],
    [test, (2 * count) / 3],
  ] as const) {
    for (const gains of shuffled([...(judged?.qrels.values() ?? [])], random)) {
      for (const id of gains.keys()) if (taken.size < most) taken.add(id);
    }
  }
  for (const { id } of shuffled(documents, random)) if (taken.size < count) taken.add(id);
  return {
    name,
    documents: documents.filter(({ id }) => taken.has(id)),
    pairs: pairs.filter(({ documentId }) => taken.has(documentId)),
    validation: validation && judgedAmong(validation, taken),
    test: judgedAmong(test, taken),
  };
}

/** At most so many pairs of each document, drawn by chance; with none there is nothing to validate on either. */
export function takePairs(catalogue: Catalogue, perDocument: number, seed: number): Catalogue {
  const seen = new Map<string, number>();
  const pairs = shuffled(catalogue.pairs, seededRandom(seed)).filter(({ documentId }) => {
    const before = seen.get(documentId) ?? 0;
    seen.set(documentId, before + 1);
    return before < perDocument;
  });
  return { ...catalogue, pairs, validation: perDocument === 0 ? undefined : catalogue.validation };
}

const shuffled = <T>(rows: readonly T[], random: Random): T[] =>
  Array.from(shuffle(Int32Array.from(rows.keys()), random), row => rows[row]);

/** Queries that still want a document: a gain above 0 on one of those that are there. */
function judgedAmong({ queries, qrels }: JudgedQueries, taken: ReadonlySet<string>): JudgedQueries {
  const kept: Qrels = new Map();
  for (const [query, gains] of qrels) {
    const there = [...gains].filter(([id]) => taken.has(id));
    if (there.some(([, gain]) => gain > 0)) for (const [id, gain] of there) judge(kept, query, id, gain);
  }
  return { queries: queries.filter(({ id }: QueryRow) => kept.has(id)), qrels: kept };
}
