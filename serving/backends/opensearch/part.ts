import type { ResolvedIndexing } from '../../../src/config/indexing.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { AnalysisChains } from '../../../src/lexical/analysis-chains.js';
import { inverseDocumentFrequency } from '../../../src/lexical/bm25.js';
import type { LanguageCounts } from '../../../src/lexical/language-counts.js';
import type { WholeIndex } from '../../../src/lexical/part-of-index.js';
import { mostLikely } from '../../../src/lexical/query-language.js';
import { type PartOfIndex, partOfIndex } from '../../../src/lexical/token-index.js';
import type { Lookups } from './lookups.js';
import type { Statistics } from './statistics.js';
import { clusterVocabulary } from './vocabulary.js';

/** What one search sees: the words of all documents, and those documents that the cluster found for it. */
export interface SearchPart {
  readonly tokens: PartOfIndex;
  readonly lookups: Lookups;
  readonly statistics: Statistics;
}

export interface PartSource {
  readonly indexing: ResolvedIndexing;
  readonly chains: AnalysisChains;
  readonly statistics: Statistics;
  /** @param presumes  what was answered before is gone by; whoever goes by it looks whether it holds (`presumed`) */
  openLookups(presumes?: boolean): Lookups;
}

export function searchPart(
  { indexing, chains, statistics, openLookups }: PartSource,
  lookups = openLookups(),
): SearchPart {
  const { documents, averageLengths, languages, attributes } = statistics;
  const paths = new Set(attributes);
  const df = (term: string): number => Math.min(documents, lookups.df(term));
  const own = chains.analyzer().language;
  const share = (language: string): number => {
    const held = languages.size > 1 ? (languages.get(language) ?? 0) : 0;
    return held === 0 ? 1 : held / documents;
  };
  const guess = (text: string): string =>
    languages.size > 1
      ? mostLikely(text, own, chains, languages, terms => languagesOf(terms, df, lookups))
      : ([...languages.keys()][0] ?? own);
  const whole: WholeIndex = {
    documents,
    averageLength: field => averageLengths.get(field) ?? 0,
    df,
    terms: prefix => lookups.terms(prefix)[Symbol.iterator]() as IterableIterator<string>,
    fuzzy: lookups.fuzzy,
    vocabulary: () =>
      clusterVocabulary({ ...lookups, df }, documents, held => inverseDocumentFrequency(documents, held)),
    languages: { note: () => undefined, share, guess },
    chains,
    hasAttribute: name => paths.has(name),
    attributes: () => [...attributes],
  };
  return { tokens: partOfIndex(indexing, whole), lookups, statistics };
}

const languagesOf = (
  terms: ReadonlySet<string>,
  df: (term: string) => number,
  lookups: Lookups,
): ReadonlyMap<string, LanguageCounts> =>
  new Map(Array.from(terms).flatMap(term => (df(term) > 0 ? [[term, lookups.languages(term)]] : [])));

/** Rounds of asking and fetching at most: what one word leads to leads to few others. */
const mostRounds = 24;

/**
 * Does what asks about words until all of it is known.
 * @param work  without effects but on the part, which is a new one each time
 */
export async function settled<T>(
  source: PartSource,
  work: (part: SearchPart) => T | Promise<T>,
  presumes = false,
): Promise<{ readonly part: SearchPart; readonly result: T }> {
  const lookups = source.openLookups(presumes);
  for (let round = 0; round < mostRounds; round++) {
    const part = searchPart(source, lookups);
    try {
      const result = await work(part);
      if (lookups.isComplete) return { part, result };
    } catch (error) {
      // what is not known yet may be what is wrong
      if (lookups.isComplete) throw error;
    }
    await lookups.fetch();
  }
  throw new TandemError('request/invalid', 'text: its words lead to more others than a cluster is asked about');
}
