import type { PairRow, QueryRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { AfterPairs, JudgedQueries } from './prepared-files.js';
import { judge, type Qrels } from './qrels.js';
import type { SourcedRow } from './sources/parse-row.js';
import { createSplitKey, isBlank, queryId, queryKey, type Split } from './split.js';

/** Reads pairs once: hands on those of training, keeps the held-out queries with the documents they ask for. */
export interface PairSplit {
  readonly training: AsyncIterable<PairRow>;
  /** complete once `training` was drawn to the end */
  outcome(): Pick<AfterPairs, 'trainQueries' | 'validation' | 'test' | 'unknownDocuments' | 'blankQueries'>;
}

interface SeenQuery {
  row: QueryRow;
  readonly split: Split;
  /** documents of a held-out query */
  readonly documents: Set<string>;
}

/**
 * Pairs of documents that are not there are counted and left out, and so are those whose query shows nothing.
 * @param knows    whether a document of this id is there
 * @param splitOf  the split of a query, by its split key (createSplitKey)
 * @throws TandemError 'data/unknown-documents' while reading, when no pair names a document that is there
 */
export function splitPairs(
  pairs: AsyncIterable<SourcedRow<PairRow>>,
  knows: (id: string) => boolean,
  splitOf: (key: string) => Split,
): PairSplit {
  const seen = new Map<string, SeenQuery>();
  const splitKey = createSplitKey();
  const splitOfText = (text: string): Split => splitOf(splitKey(text));
  let unknown = 0;
  let blank = 0;
  let example = '';
  async function* training(): AsyncGenerator<PairRow> {
    let known = 0;
    for await (const { row } of pairs) {
      if (!knows(row.documentId)) {
        if (unknown++ === 0) example = row.documentId;
        continue;
      }
      if (isBlank(row.query)) {
        blank++;
        continue;
      }
      known++;
      const query = meet(seen, row, splitOfText);
      if (query.split === 'train') yield row;
      else query.documents.add(row.documentId);
    }
    if (known > 0 || unknown + blank === 0) return;
    if (unknown === 0) throw new TandemError('data/no-queries', `none of the ${blank} pairs has a query`);
    throw new TandemError(
      'data/unknown-documents',
      `none of the ${unknown} pairs names a document that is there; the first names '${example}'`,
    );
  }
  return {
    training: training(),
    outcome: () => ({
      trainQueries: sortedQueries(seen, 'train').map(({ row }) => row),
      validation: judged(sortedQueries(seen, 'validation')),
      test: judged(sortedQueries(seen, 'test')),
      unknownDocuments: unknown,
      blankQueries: blank,
    }),
  };
}

function meet(seen: Map<string, SeenQuery>, pair: PairRow, splitOf: (text: string) => Split): SeenQuery {
  const key = queryKey(pair.query, pair.country);
  const row = queryOf(pair);
  const found = seen.get(key);
  if (found === undefined) {
    const query = { row, split: splitOf(row.text), documents: new Set<string>() };
    seen.set(key, query);
    return query;
  }
  // of several spellings the first in code unit order stands for the query, whatever the order of the rows
  if (spelling(row) < spelling(found.row)) found.row = row;
  return found;
}

const spelling = ({ text, language }: QueryRow): string => `${text}\t${language ?? ''}`;

/** The query of a pair as a row; absent values stay absent. */
export function queryOf({ query, country, language }: Pick<PairRow, 'query' | 'country' | 'language'>): QueryRow {
  const text = query.trim();
  return {
    id: queryId(text, country),
    text,
    ...(country === undefined ? {} : { country }),
    ...(language === undefined ? {} : { language }),
  };
}

const sortedQueries = (seen: ReadonlyMap<string, SeenQuery>, split: Split): SeenQuery[] =>
  [...seen.values()].filter(query => query.split === split).sort((a, b) => (a.row.id < b.row.id ? -1 : 1));

function judged(queries: readonly SeenQuery[]): JudgedQueries | undefined {
  if (queries.length === 0) return undefined;
  const qrels: Qrels = new Map();
  for (const { row, documents } of queries) for (const id of [...documents].sort()) judge(qrels, row.id, id, 1);
  return { queries: queries.map(({ row }) => row), qrels };
}
