import { flattenDocument, textPaths } from '../columns/attributes.js';
import { countFacets } from '../columns/facets.js';
import { checkAttribute, type Readiness, type ReadyClause, readyClause, readyFilter } from '../columns/ready-filter.js';
import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Filter, FilterClause } from '../query/filter.js';
import type { Facet, FacetRequest } from '../query/query.js';
import { needsTree, synonymTree } from '../query/synonym-query.js';
import type { Analyzer } from '../text/analyzer.js';
import type { DictionaryWord } from '../text/dictionary.js';
import type { ExpandedTerm } from '../text/expand-query.js';
import { type AcceptedDocuments, acceptedDocuments } from './accepted.js';
import { acceptedCache } from './accepted-cache.js';
import { createChains, type ExpandedQuery } from './analysis-chains.js';
import type { FieldText } from './attribute-texts.js';
import { checkBm25 } from './bm25.js';
import type { Candidate } from './candidate.js';
import { type ClosenessPlan, planCloseness, SegmentCloseness } from './closeness.js';
import { type Explanation, explainCloseness } from './explain.js';
import { documentsWith, frequentTerms } from './frequent-terms.js';
import { indexFields } from './index-fields.js';
import { ListCache } from './list-cache.js';
import { readSegments, writeSegments } from './persist.js';
import type { Question, TokenQuery, TreeQuery } from './question.js';
import { rankAnew, rankedAnew } from './rank-anew.js';
import { createScratch, type Scratch } from './retrieve.js';
import { type SegmentLimits, SegmentList } from './segment-list.js';
import { measureSegments, type SegmentMeasures } from './segment-measures.js';
import type { CountedTerm, SegmentReader } from './segment-reader.js';
import type { StoredSegment } from './stored-segment.js';
import type { TokenIndexOptions } from './token-index-options.js';
import { compileQuery, compileTerms } from './tree/compile.js';
import { explainTree } from './tree/explain-tree.js';
import { compileFunctions, functionBody } from './tree/functions.js';
import { placeOf, placesOf } from './tree/iterate.js';
import { matchingEverywhere } from './tree/matching.js';
import type { QueryNode, Snapshot } from './tree/node.js';
import { plainBag } from './tree/plain-bag.js';
import { plainTerms } from './tree/plain-terms.js';
import { queryWeights } from './tree/query-weights.js';
import { retrieveTree } from './tree/retrieve-tree.js';
import { vocabularyOf, wantedTerms } from './wanted-terms.js';
import { createWeighting, type Weighting } from './weighting.js';

export type { TokenIndexOptions };

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
  matching(question: Question & { readonly filter?: Filter }): AcceptedDocuments;
  /**
   * Counts the documents that match and pass the filter, and the values of their attributes.
   * @throws TandemError 'search/bad-filter' for an attribute whose values are not kept, and as `search`
   */
  count(
    question: Question & { readonly filter?: Filter },
    facets: readonly FacetRequest[],
  ): { readonly total: number; readonly facets: readonly Facet[] };
  /** The living documents that meet every clause, as they are now. @throws TandemError 'search/bad-filter' | 'text/bad-language' */
  accepted(filter: Filter, options?: { readonly now?: number; readonly language?: string }): AcceptedDocuments;
  /** Whether any document has an attribute of this path. */
  hasAttribute(name: string): boolean;
  /** Paths of all attributes, sorted. */
  attributeNames(): string[];
  /** Names of the indexed fields, sorted. */
  readonly fields: readonly string[];
  /** The texts of a field of a document, each with the path that it stands under. */
  texts(document: DocumentRow, field: string): readonly FieldText[];
  /**
   * The score of one document part by part, with the closeness that it gets where it is among the best 100; value 0 where it does not match, undefined
   * where there is no such document.
   */
  explain(question: Question, id: string): Explanation | undefined;
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
  /** The terms that a bag of words asks for, mended and expanded as `search` does. @throws TandemError 'text/bad-language' */
  termsOf(text: string, language?: string): readonly ExpandedTerm[];
  /** What a term counts by its rareness; unknown terms too. */
  idf(term: string): number;
  /** The words of a query text and the synonyms of its stretches, which `search` asks for too. @throws TandemError 'text/bad-language' */
  expand(text: string, language?: string): ExpandedQuery;
  /** The same when the vocabulary of the index mends the text, whether or not searches are mended. @throws TandemError 'text/bad-language' */
  mend(text: string, language?: string): readonly ExpandedTerm[];
  /** The most frequent terms that begin with a prefix, most first. @param prefix  not empty */
  frequentTerms(prefix: string, most: number): CountedTerm[];
  /** Ids of some documents that hold a term. */
  documentsWith(term: string, most: number): string[];
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

/**
 * @throws TandemError 'config/bad-value' | 'text/bad-language'
 */
export function createTokenIndex(options: TokenIndexOptions): TokenIndex {
  return tokenIndexOver(options, []);
}

/**
 * @param limits  when segments are cut; those of every index when absent
 * @throws TandemError 'index/not-found' | 'index/damaged' naming the file | 'index/unsupported-version'
 */
export async function loadTokenIndex(folder: string, limits?: SegmentLimits): Promise<TokenIndex> {
  const { segments, options } = await readSegments(folder);
  return tokenIndexOver(options, segments, limits);
}

const noSynonyms: ExpandedQuery = { tokens: [], spans: [] };
const mebibytes = (count?: number): number | undefined => (count === undefined ? undefined : count * 2 ** 20);

function tokenIndexOver(
  options: TokenIndexOptions,
  saved: readonly StoredSegment[],
  limits?: SegmentLimits,
): TokenIndex {
  checkBm25(options.bm25);
  const { names: fields, weights, own, texts: textsOf, tokens: tokensOf } = indexFields(options);
  const chains = createChains(options.language);
  const texts = textPaths(own);
  const list = new SegmentList(fields.length, saved, options.sort ?? null, limits);
  const accepted = acceptedCache(list);
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
  const df = (term: string): number => list.all.reduce((sum, segment) => sum + segment.documentFrequency(term), 0);
  // of the last text: one request asks for its terms, its passages and a better spelling
  let lastTerms: { readonly key: string; readonly version: number; readonly terms: ExpandedTerm[] } | undefined;
  const termsOf = (text: string, language?: string, spelling = options.spelling ?? false): ExpandedTerm[] => {
    const key = JSON.stringify([text, language, spelling]);
    if (lastTerms?.key === key && lastTerms.version === statistics.version) return lastTerms.terms;
    const vocabulary = vocabularyOf(list.all, presentWeighting().idf);
    const terms = wantedTerms(text, chains.expand(text, language), chains.analyzer(language), vocabulary, spelling);
    lastTerms = { key, version: statistics.version, terms };
    return terms;
  };
  const readiness = (now: number, language?: string): Readiness => ({
    texts,
    now,
    chainOf: value => chains.wordChain(value, language),
  });
  const snapshotFor = ({ fieldWeights, language, now = Date.now() }: Question): Snapshot => {
    const present = {
      stored: list.stored,
      memory: list.memory,
      fields,
      ready: (clause: FilterClause): ReadyClause => readyClause(clause, readiness(now, language)),
      analyzer: chains.analyzer(language),
      termsOf: (text: string) => termsOf(text, language),
    };
    if (fieldWeights === undefined) return { ...present, weighting: presentWeighting() };
    const own = queryWeights(fields, weights, fieldWeights);
    const searched = new Set(own.flatMap((weight, field) => (weight > 0 ? [field] : [])));
    return { ...present, weighting: createWeighting(statistics, options.bm25, own), searched };
  };
  /** Closeness counts for a bag of words alone, and where nothing else orders the hits. */
  const closenessOf = (snapshot: Snapshot, question: Question, node: QueryNode): ClosenessPlan | undefined => {
    if (!options.closeness || (question.functions ?? []).length > 0) return undefined;
    const text = 'query' in question ? plainBag(question.query) : question.tokens === undefined && question.text;
    const plain = typeof text === 'string' ? plainTerms(node) : undefined;
    return plain && planCloseness(snapshot.termsOf(text as string), plain.terms.terms);
  };
  /** A synonym of several words is asked for as a phrase: the query becomes a tree, whose leaves stand for themselves. */
  const compileText = (snapshot: Snapshot, text: string, language?: string): QueryNode | undefined => {
    const { tokens, spans } = chains.hasSynonyms() ? chains.expand(text, language) : noSynonyms;
    if (!needsTree(spans)) return compileQuery({ bag: { text } }, snapshot);
    const analyzer = chains.analyzer(language);
    const vocabulary = vocabularyOf(list.all, presentWeighting().idf);
    const ownTerms = (leaf: string): ExpandedTerm[] =>
      wantedTerms(leaf, { tokens: analyzer.analyze(leaf), spans: [] }, analyzer, vocabulary, options.spelling ?? false);
    return compileQuery(synonymTree(text, tokens, spans), { ...snapshot, termsOf: ownTerms });
  };
  const compile = (snapshot: Snapshot, question: Question): QueryNode | undefined => {
    if ('query' in question) return compileQuery(question.query, snapshot);
    return question.tokens === undefined
      ? compileText(snapshot, question.text, question.language)
      : compileTerms(question.tokens, snapshot);
  };
  const matching = (question: Question & { readonly filter?: Filter }): AcceptedDocuments => {
    const snapshot = snapshotFor(question);
    const node = compile(snapshot, question);
    if (node === undefined) return acceptedDocuments([], []);
    const filter = (question.filter ?? []).map(snapshot.ready);
    const segments = placesOf(snapshot).map(({ segment }) => segment);
    return acceptedDocuments(segments, matchingEverywhere(snapshot, node, filter));
  };
  return {
    get size() {
      return statistics.documents;
    },
    fields,
    texts: textsOf,
    add: document => {
      const analyzer = chains.analyzer(document.language);
      list.add(
        document.id,
        fields.map(field => tokensOf(document, field, analyzer)),
        flattenDocument(document, texts),
      );
    },
    remove: id => list.remove(id),
    search: query => {
      const { k, accept, filter = [], functions = [], sort = [], now } = query;
      if (!(Number.isInteger(k) && k >= 1))
        throw new TandemError('request/invalid', `k must be a whole number of at least 1, got ${k}`);
      for (const { field } of [...sort, ...functions.map(functionBody)])
        if (field !== '_score') checkAttribute(field, texts);
      list.noteSearch();
      const snapshot = snapshotFor(query);
      const node = compile(snapshot, query);
      const factors = compileFunctions(functions, now);
      if (node === undefined) return [];
      // Taken from a pool, so that `accept` may search too.
      const scratch = scratches.pop() ?? createScratch(cache);
      try {
        const plan = sort.length > 0 ? undefined : closenessOf(snapshot, query, node);
        const depth = plan === undefined ? k : Math.max(k, rankedAnew);
        const wanted = { k: depth, accept, filter: filter.map(snapshot.ready), factors, sort };
        const found = retrieveTree(snapshot, node, wanted, scratch);
        const ranked = plan === undefined ? found : rankAnew(found, plan).slice(0, k);
        return ranked.map(({ segment, doc, score }) => ({ id: segment.idOf(doc), score }));
      } finally {
        scratches.push(scratch);
      }
    },
    accepted: (filter, { now = Date.now(), language } = {}) => accepted(readyFilter(filter, readiness(now, language))),
    matching,
    count: (question, facets) => {
      for (const { field } of facets) checkAttribute(field, texts);
      const { count, segments, documents } = matching(question);
      return { total: count, facets: facets.length === 0 ? [] : countFacets(segments, documents, facets) };
    },
    hasAttribute: name => name === 'id' || list.all.some(({ columns }) => columns.has(name)),
    attributeNames: () => [...new Set(list.all.flatMap(({ columns }) => [...columns.paths()]))].sort(),
    explain: (question, id) => {
      const found = list.find(id);
      if (found === undefined) return undefined;
      const snapshot = snapshotFor(question);
      const factors = compileFunctions(question.functions ?? [], question.now);
      const { segment, doc } = found;
      const node = compile(snapshot, question);
      const explained = explainTree(snapshot, placeOf(snapshot, segment), node, factors, doc);
      const plan = node && explained.details.length > 0 ? closenessOf(snapshot, question, node) : undefined;
      return plan === undefined ? explained : explainCloseness(explained, new SegmentCloseness(segment, plan), doc);
    },
    analyzer: language => chains.analyzer(language),
    dictionary: () => chains.dictionary(),
    setDictionary: words => {
      chains.setDictionary(words);
      lastTerms = undefined;
    },
    setSynonyms: rules => {
      chains.setSynonyms(rules);
      lastTerms = undefined;
    },
    termsOf: (text, language) => termsOf(text, language),
    mend: (text, language) => termsOf(text, language, true),
    idf: term => presentWeighting().idf(df(term)),
    expand: (text, language) => chains.expand(text, language),
    frequentTerms: (prefix, most) => frequentTerms(list.all, prefix, most),
    documentsWith: (term, most) => documentsWith(list.all, term, most),
    flush: () => list.flush(),
    compact: () => list.compact(),
    segments: () => list.all,
    measures: () => measureSegments(list.stored, list.made),
    save: folder => {
      list.flush();
      // all but the synonyms of an indexing configuration, which its manifest holds
      const { bm25, fieldWeights, attributeWeight, language, sort, spelling, closeness, postingCacheMiB } = options;
      const saved = { bm25, fieldWeights, attributeWeight, language, sort, spelling, closeness, postingCacheMiB };
      return writeSegments(folder, list.stored, saved);
    },
  };
}
