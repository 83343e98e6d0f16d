import type { LanguageCounts } from '../../../src/lexical/language-counts.js';
import { languageCounts } from './lookups.js';
import { fieldName } from './names.js';
import { bucketsOf, type SearchReply } from './reply.js';
import type { SearchBody, SearchedAlias } from './search-index.js';

/** What BM25F and the reading of requests need to know of all documents, wherever they lie. */
export interface Collection {
  /** N */
  readonly documents: number;
  /** by name of a field */
  readonly averageLengths: ReadonlyMap<string, number>;
  /** documents by the chain of their language */
  readonly languages: LanguageCounts;
  /** paths of their attributes, sorted */
  readonly attributes: readonly string[];
}

export interface CollectionSource {
  /** As it is, or was a moment ago. @throws TandemError 'cluster/*' */
  present(): Promise<Collection>;
  /** Something was written here: the next search sees it. */
  forget(): void;
}

const mostAttributes = 10_000;

/** For which all documents may be counted, milliseconds. */
const countedMs = 30_000;

/** Of what it takes to count, so many times as long it is believed: at most this share of the time of a shard goes into it. */
const keptTimes = 50;

/** @param least  for which it is believed at least, milliseconds */
export function collectionSource(index: SearchedAlias, fields: readonly string[], least: number): CollectionSource {
  let known: { readonly collection: Promise<Collection>; readonly until: number } | undefined;
  const body = collectionBody(fields);
  return {
    present: async () => {
      if (known !== undefined && performance.now() < known.until) return known.collection;
      const from = performance.now();
      const collection = index
        .search([body], { timeoutMs: countedMs })
        .then(([reply]) => readCollection(reply, fields));
      known = { collection, until: Number.POSITIVE_INFINITY };
      const asked = known;
      try {
        await collection;
        const now = performance.now();
        if (known === asked) known = { collection, until: now + Math.max(least, keptTimes * (now - from)) };
      } catch (error) {
        if (known === asked) known = undefined;
        throw error;
      }
      return collection;
    },
    forget: () => {
      known = undefined;
    },
  };
}

const collectionBody = (fields: readonly string[]): SearchBody => ({
  size: 0,
  track_total_hits: true,
  aggs: {
    ...Object.fromEntries(
      fields.flatMap((field, number) => [
        [`sum${number}`, { sum: { field: `l.${fieldName(field)}` } }],
        [`count${number}`, { value_count: { field: `l.${fieldName(field)}` } }],
      ]),
    ),
    lang: { terms: { field: 'lang', size: 100 } },
    paths: { terms: { field: 'p', size: mostAttributes } },
  },
});

function readCollection(reply: SearchReply, fields: readonly string[]): Collection {
  const { aggregations, hits } = reply;
  const averageOf = (number: number): number => {
    const count = aggregations?.[`count${number}`]?.value ?? 0;
    return count === 0 ? 0 : (aggregations?.[`sum${number}`]?.value ?? 0) / count;
  };
  return {
    documents: hits.total?.value ?? 0,
    averageLengths: new Map(fields.map((field, number) => [field, averageOf(number)])),
    languages: languageCounts(reply),
    attributes: bucketsOf(aggregations?.paths)
      .map(({ key }) => String(key))
      .sort(),
  };
}
