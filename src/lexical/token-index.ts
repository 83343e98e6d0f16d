import { LRUCache } from 'lru-cache';
import { flattenDocument, textPaths } from '../columns/attributes.js';
import { readyClause, readyFilter } from '../columns/ready-filter.js';
import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Filter, FilterClause } from '../query/filter.js';
import type { Query, ScoreFunction, SortKey } from '../query/query.js';
import { type Analyzer, createAnalyzer } from '../text/analyzer.js';
import { chainLanguage } from '../text/language.js';
import { type AcceptedDocuments, acceptedDocuments, matchFilter } from './accepted.js';
import { checkBm25 } from './bm25.js';
import type { Candidate } from './candidate.js';
import type { Explanation } from './explain.js';
import { fieldTexts } from './field-texts.js';
import type { FieldToken } from './memory-segment.js';
import { readSegments, writeSegments } from './persist.js';
import { createScratch, type Scratch } from './retrieve.js';
import { SegmentList } from './segment-list.js';
import { measureSegments, type SegmentMeasures } from './segment-measures.js';
import type { SegmentReader } from './segment-reader.js';
import type { StoredSegment } from './stored-segment.js';
import { compileQuery } from './tree/compile.js';
import { explainTree } from './tree/explain-tree.js';
import { compileFunctions } from './tree/functions.js';
import { placeOf } from './tree/iterate.js';
import { matchingEverywhere } from './tree/matching.js';
import { type MatchingDocuments, matchingDocuments } from './tree/matching-documents.js';
import type { QueryNode, Snapshot } from './tree/node.js';
import { queryWeights } from './tree/query-weights.js';
import { retrieveTree } from './tree/retrieve-tree.js';
import { createWeighting, type Weighting } from './weighting.js';

/** Between the last position of one text of a field and the first of the next. */
const positionGap = 1000;

/** The part of the indexing configuration that the token index obeys. */
export interface TokenIndexOptions {
  readonly bm25: { readonly k1: number; readonly b: number };
  /** fields to index and what an occurrence in each counts, >= 0; a weight of 0 leaves the field out */
  readonly fieldWeights: Readonly<Record<string, number>>;
  /** BCP 47 tag for documents and queries that name no language */
  readonly language: string;
  /** the order in which immutable segments lie, so that a search sorted by it can stop early; as they came when null or absent */
  readonly sort?: SortKey | null;
}

/** What a query asks of documents: a text as the bag of its terms, or a tree. */
export type Question = QuestionOptions & (TextQuestion | TreeQuestion);

interface TextQuestion {
  readonly text: string;
}

interface TreeQuestion {
  readonly query: Query;
}

interface QuestionOptions {
  /** BCP 47; the index default when absent */
  readonly language?: string;
  /** what an occurrence in a field counts in this query, >= 0, in place of the index's own; 0 leaves the field out */
  readonly fieldWeights?: Readonly<Record<string, number>>;
  /** what multiplies the scores */
  readonly functions?: readonly ScoreFunction[];
  /** what 'now' means in filters and functions, milliseconds since 1970; the present when absent */
  readonly now?: number;
}

interface SearchOptions extends QuestionOptions {
  /** hits wanted, integer >= 1 */
  readonly k: number;
  /** whether a document may be a hit; asked only for documents that would be among the best k */
  readonly accept?: (id: string) => boolean;
  readonly filter?: Filter;
  /** by score, best first, when absent or empty */
  readonly sort?: readonly SortKey[];
}

export type TokenQuery = SearchOptions & TextQuestion;
export type TreeQuery = SearchOptions & TreeQuestion;

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
   * The documents that match, best first or in the order asked for, ties by id in code-unit order. Of a text those that hold a term of it.
   * @throws TandemError 'text/bad-language' | 'request/invalid'
   */
  search(query: TokenQuery | TreeQuery): Candidate[];
  /** Every document that matches and passes the filter: what facets count, and what may be found in other ways. */
  matching(question: Question & { readonly filter?: Filter }): MatchingDocuments;
  /** The living documents that meet every clause, as they are now. @throws TandemError 'search/bad-filter' */
  accepted(filter: Filter, now?: number): AcceptedDocuments;
  /** The score of one document part by part; value 0 where it does not match, undefined where there is no such document. */
  explain(question: Question, id: string): Explanation | undefined;
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

/**
 * @throws TandemError 'config/bad-value' | 'text/bad-language'
 */
export function createTokenIndex(options: TokenIndexOptions): TokenIndex {
  return tokenIndexOver(options, []);
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

function tokenIndexOver(options: TokenIndexOptions, saved: readonly StoredSegment[]): TokenIndex {
  checkBm25(options.bm25);
  const fields = indexedFields(options);
  const weights = fields.map(field => options.fieldWeights[field]);
  const analyzers = analyzerCache(options.language);
  const texts = textPaths(fields);
  const list = new SegmentList(fields.length, saved, options.sort ?? null);
  const accepted = acceptedCache(list);
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
  const snapshotFor = ({ fieldWeights, now = Date.now() }: Question): Snapshot => {
    const ready = (clause: FilterClause): FilterClause => readyClause(clause, texts, now);
    const present = { stored: list.stored, memory: list.memory, fields, ready };
    if (fieldWeights === undefined) return { ...present, weighting: presentWeighting() };
    const own = queryWeights(fields, weights, fieldWeights);
    const searched = new Set(own.flatMap((weight, field) => (weight > 0 ? [field] : [])));
    return { ...present, weighting: createWeighting(statistics, options.bm25, own), searched };
  };
  const compile = (snapshot: Snapshot, question: Question): QueryNode | undefined => {
    const query: Query = 'query' in question ? question.query : { bag: { text: question.text } };
    return compileQuery(query, analyzers(question.language), snapshot);
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
        flattenDocument(document, texts),
      );
    },
    remove: id => list.remove(id),
    search: query => {
      const { k, accept, filter = [], functions = [], sort = [], now } = query;
      if (!(Number.isInteger(k) && k >= 1))
        throw new TandemError('request/invalid', `k must be a whole number of at least 1, got ${k}`);
      const snapshot = snapshotFor(query);
      const node = compile(snapshot, query);
      const factors = compileFunctions(functions, now);
      if (node === undefined) return [];
      // Taken from a pool, so that `accept` may search too.
      const scratch = scratches.pop() ?? createScratch();
      try {
        return retrieveTree(snapshot, node, { k, accept, filter: filter.map(snapshot.ready), factors, sort }, scratch);
      } finally {
        scratches.push(scratch);
      }
    },
    accepted: (filter, now = Date.now()) => accepted(readyFilter(filter, texts, now)),
    matching: question => {
      const snapshot = snapshotFor(question);
      const node = compile(snapshot, question);
      return matchingDocuments(
        node === undefined ? [] : matchingEverywhere(snapshot, node, (question.filter ?? []).map(snapshot.ready)),
      );
    },
    explain: (question, id) => {
      const found = list.find(id);
      if (found === undefined) return undefined;
      const snapshot = snapshotFor(question);
      const factors = compileFunctions(question.functions ?? [], question.now);
      return explainTree(snapshot, placeOf(snapshot, found.segment), compile(snapshot, question), factors, found.doc);
    },
    flush: () => list.flush(),
    compact: () => list.compact(),
    segments: () => list.all,
    measures: () => measureSegments(list.stored),
    save: folder => {
      list.flush();
      return writeSegments(folder, list.stored, options);
    },
  };
}

/** Documents counted in all accepted sets that are kept together. */
const keptAccepted = 1_000_000;

/** What filters accept, kept until the documents or the segments change; the bit sets behind it outlast that. */
function acceptedCache(list: SegmentList): (filter: Filter) => AcceptedDocuments {
  const kept = new LRUCache<string, AcceptedDocuments>({
    maxSize: keptAccepted,
    sizeCalculation: ({ count }, name) => count + name.length + 1,
  });
  let version = -1;
  let stored: readonly StoredSegment[] | undefined;
  return filter => {
    if (version !== list.statistics.version || stored !== list.stored) kept.clear();
    version = list.statistics.version;
    stored = list.stored;
    const name = JSON.stringify(filter);
    const known = kept.get(name);
    if (known !== undefined) return known;
    const segments = list.all;
    const found = acceptedDocuments(segments, matchFilter(segments, filter));
    kept.set(name, found);
    return found;
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
