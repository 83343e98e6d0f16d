import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { type Analyzer, createAnalyzer } from '../text/analyzer.js';
import { chainLanguage } from '../text/language.js';
import { checkBm25 } from './bm25.js';
import type { Candidate } from './candidate.js';
import { type Explanation, explainDocument } from './explain.js';
import { fieldTexts } from './field-texts.js';
import { ListCache } from './list-cache.js';
import type { FieldToken } from './memory-segment.js';
import { readSegments, writeSegments } from './persist.js';
import { weighTerms } from './query-terms.js';
import { createScratch, retrieve, type Scratch } from './retrieve.js';
import { SegmentList } from './segment-list.js';
import { measureSegments, type SegmentMeasures } from './segment-measures.js';
import type { SegmentReader } from './segment-reader.js';
import type { StoredSegment } from './stored-segment.js';
import { createWeighting, type Weighting } from './weighting.js';

/** Between the last position of one text of a field and the first of the next. */
const positionGap = 100;

/** The part of the indexing configuration that the token index obeys. */
export interface TokenIndexOptions {
  readonly bm25: { readonly k1: number; readonly b: number };
  /** fields to index and what an occurrence in each counts, >= 0; a weight of 0 leaves the field out */
  readonly fieldWeights: Readonly<Record<string, number>>;
  /** BCP 47 tag for documents and queries that name no language */
  readonly language: string;
  /** memory for unpacked posting lists at most, MiB; 128 when absent */
  readonly postingCacheMiB?: number;
}

export interface TokenQuery {
  readonly text: string;
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
  explain(query: Pick<TokenQuery, 'text' | 'language'>, id: string): Explanation | undefined;
  /** Makes an immutable segment of what is in memory; searches find the same before and after. Happens by itself when there is enough. */
  flush(): void;
  /** Merges everything into one immutable segment without removed documents: the fastest to search. Searches and writes go on meanwhile. */
  compact(): Promise<void>;
  /** The segments as they are now, the one in memory last; a later write may put others in their place. */
  segments(): readonly SegmentReader[];
  /** Sizes of the immutable segments, and how often they were made. */
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

const mebibytes = (count?: number): number | undefined => (count === undefined ? undefined : count * 2 ** 20);

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
  const analyzers = analyzerCache(options.language);
  const list = new SegmentList(fields.length, saved);
  const { statistics } = list;
  const scratches: Scratch[] = [];
  const cache = new ListCache(mebibytes(options.postingCacheMiB));
  let weighting: Weighting | undefined;
  let weightingVersion = -1;

  const presentWeighting = (): Weighting => {
    if (weighting === undefined || weightingVersion !== statistics.version) {
      weighting = createWeighting(statistics, options.bm25, weights);
      weightingVersion = statistics.version;
    }
    return weighting;
  };
  const countTerms = (text: string, language?: string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { term } of analyzers(language).analyze(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
    return counts;
  };
  return {
    get size() {
      return statistics.documents;
    },
    add: document => {
      const analyzer = analyzers(document.language);
      list.add(
        document.id,
        fields.map(field => fieldTokens(fieldTexts(document, field), analyzer)),
      );
    },
    remove: id => list.remove(id),
    search: ({ text, language, k, accept }) => {
      if (!(Number.isInteger(k) && k >= 1))
        throw new TandemError('request/invalid', `k must be a whole number of at least 1, got ${k}`);
      const counts = countTerms(text, language);
      list.noteSearch();
      // Taken from a pool, so that `accept` may search too.
      const scratch = scratches.pop() ?? createScratch(cache);
      try {
        return retrieve(list.stored, list.memory, presentWeighting(), counts, scratch, k, accept);
      } finally {
        scratches.push(scratch);
      }
    },
    explain: ({ text, language }, id) => {
      const found = list.find(id);
      if (found === undefined) return undefined;
      const terms = weighTerms(list.stored, list.memory, presentWeighting(), countTerms(text, language));
      return explainDocument(found.segment, presentWeighting(), terms, fields, found.doc);
    },
    flush: () => list.flush(),
    compact: () => list.compact(),
    segments: () => list.all,
    measures: () => measureSegments(list.stored, list.made),
    save: folder => {
      list.flush();
      return writeSegments(folder, list.stored, options);
    },
  };
}

/** The terms of a field; the positions of a later text go on behind those of the one before, at a distance that no phrase bridges. */
function fieldTokens(texts: readonly string[], analyzer: Analyzer): FieldToken[] {
  if (texts.length === 1) return analyzer.analyze(texts[0]);
  const tokens: FieldToken[] = [];
  let from = 0;
  for (const text of texts) {
    for (const { term, position } of analyzer.analyze(text)) tokens.push({ term, position: from + position });
    from = (tokens.at(-1)?.position ?? 0) + positionGap;
  }
  return tokens;
}

/** Analyzers by chain language: many tags, few chains. An empty tag counts as absent, as an empty cell of a CSV file does. */
function analyzerCache(defaultLanguage: string): (language?: string) => Analyzer {
  const byTag = new Map<string, Analyzer>();
  const analyzerOf = (tag: string): Analyzer => {
    const language = chainLanguage(tag);
    const found = byTag.get(language) ?? createAnalyzer(language);
    byTag.set(language, found);
    return found;
  };
  const standard = analyzerOf(defaultLanguage);
  return language => (language ? analyzerOf(language) : standard);
}
