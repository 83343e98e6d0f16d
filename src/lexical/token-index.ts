import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Analyzer } from '../text/analyzer.js';
import type { DictionaryWord } from '../text/dictionary.js';
import { createChains, type ExpandedQuery } from './analysis-chains.js';
import { checkBm25 } from './bm25.js';
import type { Candidate } from './candidate.js';
import { type Explanation, explainDocument } from './explain.js';
import { fieldTokens } from './field-tokens.js';
import { readSegments, writeSegments } from './persist.js';
import { queryBag, synonymBag } from './query-bag.js';
import { weighTerms } from './query-terms.js';
import { createScratch, retrieve, type Scratch } from './retrieve.js';
import { SegmentList } from './segment-list.js';
import { measureSegments, type SegmentMeasures } from './segment-measures.js';
import type { SegmentReader } from './segment-reader.js';
import type { StoredSegment } from './stored-segment.js';
import { createWeighting, type Weighting } from './weighting.js';

/** The part of the indexing configuration that the token index obeys. */
export interface TokenIndexOptions {
  readonly bm25: { readonly k1: number; readonly b: number };
  /** fields to index and what an occurrence in each counts, >= 0; a weight of 0 leaves the field out */
  readonly fieldWeights: Readonly<Record<string, number>>;
  /** BCP 47 tag for documents and queries that name no language */
  readonly language: string;
}

export interface TokenQuery {
  readonly text: string;
  /** terms to look up as they are, in place of those of the text */
  readonly tokens?: readonly string[];
  /** BCP 47; the index default when absent */
  readonly language?: string;
  /** hits wanted, integer >= 1 */
  readonly k: number;
  /** whether a document may be a hit; asked only for documents that would be among the best k */
  readonly accept?: (id: string) => boolean;
}

/**
 * Token retrieval: documents as bags of terms, scored by BM25F (see bm25.ts). Documents of all languages share one dictionary.
 * Statistics are exact at every moment: a removed or replaced document leaves no trace in df, N or the average lengths.
 */
export interface TokenIndex {
  /** N */
  readonly size: number;
  /** Adds a document, or replaces the one of the same id. @throws TandemError 'text/bad-language'; then nothing has changed */
  add(document: DocumentRow): void;
  /** @returns whether it was there */
  remove(id: string): boolean;
  /**
   * Best first, ties by id in code-unit order; only documents that hold a term of the query.
   * @throws TandemError 'text/bad-language' | 'request/invalid'
   */
  search(query: TokenQuery): Candidate[];
  /** The score of one document part by part; value 0 where it holds no term of the query, undefined where there is no such document. */
  explain(query: Pick<TokenQuery, 'text' | 'tokens' | 'language'>, id: string): Explanation | undefined;
  /** The chain of a language with the dictionary of the index. @throws TandemError 'text/bad-language' */
  analyzer(language?: string): Analyzer;
  /** Words that the chains keep whole; none at first: an index is saved without them, its store holds them. */
  dictionary(): readonly DictionaryWord[];
  /** Puts others in their place, for what is analysed from now on: documents whose terms change by it must be added again. @param words  checked */
  setDictionary(words: readonly DictionaryWord[]): void;
  /**
   * Rules of synonyms in Solr's format, for the queries that come from now on; none at first, and none are saved: an index's manifest holds them.
   * @throws TandemError 'text/bad-synonyms'
   */
  setSynonyms(rules: readonly string[]): void;
  /** The words of a query text and the synonyms of its stretches, which `search` asks for too. @throws TandemError 'text/bad-language' */
  expand(text: string, language?: string): ExpandedQuery;
  /** Makes an immutable segment of what is in memory; searches find the same before and after. Happens by itself when there is enough. */
  flush(): void;
  /** Merges everything into one immutable segment without removed documents: the fastest to search. Searches and writes go on meanwhile. */
  compact(): Promise<void>;
  /** The segments as they are now, the one in memory last; a later write may put others in their place. */
  segments(): readonly SegmentReader[];
  /** Sizes of the immutable segments. */
  measures(): SegmentMeasures;
  /**
   * Writes the index to a folder, whole or not at all; it holds the index as it is at the call.
   * @throws TandemError 'files/disk-full' | 'files/write-failed'
   */
  save(folder: string): Promise<void>;
}

/** @throws TandemError 'config/bad-value' | 'text/bad-language' */
export function createTokenIndex(options: TokenIndexOptions): TokenIndex {
  return tokenIndexOver(options);
}

/** @throws TandemError 'index/not-found' | 'index/damaged' naming the file | 'index/unsupported-version' */
export async function loadTokenIndex(folder: string): Promise<TokenIndex> {
  const { segments, options } = await readSegments(folder);
  return tokenIndexOver(options, segments);
}

/** Names of the fields in the order of their numbers: sorted, so that it does not depend on how the configuration was written. */
export function indexedFields({ fieldWeights }: TokenIndexOptions): string[] {
  const fields = Object.keys(fieldWeights).filter(field => fieldWeights[field] !== 0);
  if (fields.length > 256)
    throw new TandemError('config/bad-value', `fieldWeights: at most 256 fields, got ${fields.length}`);
  for (const field of fields) {
    const weight = fieldWeights[field];
    if (weight > 0 && Number.isFinite(weight)) continue;
    throw new TandemError('config/bad-value', `fieldWeights: the weight of ${field} must be at least 0, got ${weight}`);
  }
  return fields.sort();
}

function tokenIndexOver(options: TokenIndexOptions, saved: readonly StoredSegment[] = []): TokenIndex {
  checkBm25(options.bm25);
  const fields = indexedFields(options);
  const weights = fields.map(field => options.fieldWeights[field]);
  const chains = createChains(options.language);
  const list = new SegmentList(fields.length, saved);
  const { statistics } = list;
  const scratches: Scratch[] = [];
  let weighting: Weighting | undefined;
  let weightingVersion = -1;

  const presentWeighting = (): Weighting => {
    if (weighting === undefined || weightingVersion !== statistics.version) {
      weighting = createWeighting(statistics, options.bm25, weights);
      weightingVersion = statistics.version;
    }
    return weighting;
  };
  const df = (term: string): number => list.all.reduce((sum, segment) => sum + segment.documentFrequency(term), 0);
  const countTerms = ({
    text,
    tokens,
    language,
  }: Pick<TokenQuery, 'text' | 'tokens' | 'language'>): Map<string, number> => {
    if (tokens === undefined) {
      const expanded = chains.expand(text, language);
      if (expanded.spans.length === 0) return queryBag(expanded.tokens, df);
      return synonymBag(expanded.tokens, expanded.spans, df, presentWeighting().idf);
    }
    const counts = new Map<string, number>();
    for (const term of tokens) counts.set(term, (counts.get(term) ?? 0) + 1);
    return counts;
  };
  return {
    get size() {
      return statistics.documents;
    },
    add: document => {
      const analyzer = chains.analyzer(document.language);
      list.add(
        document.id,
        fields.map(field => fieldTokens(document, field, analyzer)),
      );
    },
    remove: id => list.remove(id),
    search: ({ k, accept, ...query }) => {
      if (!(Number.isInteger(k) && k >= 1))
        throw new TandemError('request/invalid', `k must be a whole number of at least 1, got ${k}`);
      const counts = countTerms(query);
      // Taken from a pool, so that `accept` may search too.
      const scratch = scratches.pop() ?? createScratch();
      try {
        return retrieve(list.stored, list.memory, presentWeighting(), counts, scratch, k, accept);
      } finally {
        scratches.push(scratch);
      }
    },
    explain: (query, id) => {
      const found = list.find(id);
      if (found === undefined) return undefined;
      const terms = weighTerms(list.stored, list.memory, presentWeighting(), countTerms(query));
      return explainDocument(found.segment, presentWeighting(), terms, fields, found.doc);
    },
    analyzer: language => chains.analyzer(language),
    dictionary: () => chains.dictionary(),
    setDictionary: words => chains.setDictionary(words),
    setSynonyms: rules => chains.setSynonyms(rules),
    expand: (text, language) => chains.expand(text, language),
    flush: () => list.flush(),
    compact: () => list.compact(),
    segments: () => list.all,
    measures: () => measureSegments(list.stored),
    save: folder => {
      list.flush();
      const { bm25, fieldWeights, language } = options;
      return writeSegments(folder, list.stored, { bm25, fieldWeights, language });
    },
  };
}
