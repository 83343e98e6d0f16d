import { shownText } from '../columns/long-text.js';
import type { DocumentRow } from '../config/rows.js';
import type { Rule } from '../curation/rule.js';
import { TandemError } from '../errors/tandem-error.js';
import type { AcceptedDocuments } from '../lexical/accepted.js';
import type { ExportedTokens } from '../lexical/exported-tokens.js';
import type { PreparedQuery } from '../lexical/prepared-query.js';
import type { SegmentMeasures } from '../lexical/segment-measures.js';
import type { Filter } from '../query/filter.js';
import type { Candidate } from '../ranking/candidate.js';
import { candidateTable } from '../ranking/candidate-table.js';
import type { PairTable } from '../ranking/learned/deep-ranker.js';
import { rankCandidates } from '../ranking/ranker.js';
import { passOverDamage } from '../store/pass-over-damage.js';
import { synonymStep } from '../text/synonym-step.js';
import type { VectorKind } from '../vector/vector-index.js';
import type { FilteredReader, SearchBackend, SearchResponse } from './backend.js';
import { firstRanker, leastScore, secondOf, watched } from './choose-rankers.js';
import { completeQuery, mostCompletions } from './complete-query.js';
import { curate, hiddenFrom } from './curate.js';
import type { CursorCache, RankedDocument } from './cursors.js';
import { deepStage } from './deep-stage.js';
import { diversifiedHits, diversify } from './diversity.js';
import { explainEmbedding, explainHits } from './explain-hits.js';
import { fieldWarnings } from './field-warnings.js';
import { highlightHits } from './highlight-hits.js';
import { type IndexAttribute, indexAttributes } from './index-attributes.js';
import { figuresOf, type IndexFigures } from './index-figures.js';
import type { Manifest } from './manifest.js';
import { rankHits } from './rank.js';
import { featuresOfSearch } from './rank-again.js';
import { readAllHits } from './read-hits.js';
import { type ReadRequest, readRequest } from './read-request.js';
import {
  mostHits,
  parseSearchRequest,
  type SearchMode,
  type SearchRequest,
  searchModes,
  usualHits,
} from './request.js';
import { embedsQueries, examplesOf, hasVectorSide, type IndexParts, type Retrieved, retrieve } from './retrieve.js';
import { boundRules, type RuleBook } from './rule-book.js';
import { type SearchSettings, withSettings } from './search-settings.js';
import { checkExamples } from './similar.js';
import { suggestQuery, suggestWhileTyped } from './suggest-query.js';
import { inTurns } from './turns.js';
import { writtenWithin } from './written-within.js';

/** An opened index with the rules that curate its answers. */
type CuratedParts = IndexParts & { readonly rules: RuleBook };

/** How the documents nearest to an embedding are looked for. */
export interface NearestSearch {
  /** breadth of the graph's walk; that of the index when absent */
  readonly ef?: number;
  /** scan all vectors instead: the oracle of the graph's recall */
  readonly exact?: boolean;
  /** only ids for which this holds are found; asked of all that a walk takes up */
  readonly accept?: (id: string) => boolean;
}

/** The same index searched by other settings; it closes with the one that it is of. */
export type RetunedIndex = Pick<EmbeddedIndex, 'manifest' | 'search' | 'retrieve' | 'nearest'>;

/** An index of this process behind the one interface, with what evaluation needs beside it. */
export interface EmbeddedIndex extends SearchBackend {
  readonly manifest: Manifest;
  /** The same index searched by other settings, at once and for this process alone. */
  retuned(settings: SearchSettings): RetunedIndex;
  /** Takes up the rules that the store has now. Resolves when searches need not wait for it. */
  refreshRules(): Promise<void>;
  /** The same index curated by other rules, for this process alone. @param rules  checked */
  curatedBy(rules: readonly Rule[]): Pick<EmbeddedIndex, 'search'>;
  /** The candidates of each side before they are ranked. @throws TandemError as `search` */
  retrieve(request: SearchRequest): Promise<Retrieved>;
  /** The best candidates of the first ranking of a hybrid search, with what a ranker may know of them. @throws TandemError as `search` */
  candidates(request: SearchRequest, depth: number): Promise<RankedCandidates>;
  /** What of the documents rankers may look at: the searched fields, and the attributes that are numbers or dates. */
  rankable(): Rankable;
  /** The attributes of the documents, by name. */
  attributes(): readonly IndexAttribute[];
  /** The k documents whose embeddings are nearest to one, by cosine. @throws TandemError 'index/no-vectors' */
  nearest(embedding: Float32Array, k: number, how?: NearestSearch): readonly Candidate[];
  /** how vectors are searched; null without a model */
  readonly vectorKind: VectorKind | null;
  /** hits that the ranker of the index was trained to order anew; null where it has none */
  readonly rankerDepth: number | null;
  /** float32 [D] of a document; undefined where there is none */
  embedding(id: string): Float32Array | undefined;
  /** ids of all live documents, sorted */
  ids(): string[];
  /** What the analysis of the index makes of a document, as documents may give it. @throws TandemError 'text/bad-language' */
  exportTokens(document: DocumentRow): ExportedTokens;
  /** sizes of the token index's segments, and how often they were made */
  tokenMeasures(): SegmentMeasures;
  /** how it is at present, for whoever watches it; takes no time */
  figures(): IndexFigures;
}

/** What a second ranker is given, and what it was made of. */
export interface RankedCandidates {
  readonly retrieved: Retrieved;
  /** all of them in the order of the first ranking, best first */
  readonly first: readonly Candidate[];
  /** the best of these */
  readonly table: PairTable;
}

export interface Rankable {
  readonly fields: readonly string[];
  readonly attributes: readonly { readonly path: string; readonly kind: 'number' | 'date' }[];
}

/** The same parts, which read past altered records, and what to say of those that were met. */
function readingPast<P extends Pick<IndexParts, 'store'>>(
  parts: P,
): { readonly parts: P; partial(): Pick<SearchResponse, 'partial'> } {
  const damaged = new Set<string>();
  const store = passOverDamage(parts.store, id => damaged.add(id));
  return { parts: { ...parts, store }, partial: () => (damaged.size === 0 ? {} : { partial: [...damaged] }) };
}

/**
 * The query plan: embed, token and vector retrieval, ranking, documents.
 * @param asked   checked
 * @param within  what of the documents is seen; the request has it among its filters
 */
async function searchIndex(
  opened: IndexParts,
  cursors: CursorCache,
  asked: SearchRequest,
  within?: Filter,
): Promise<SearchResponse> {
  const start = performance.now();
  const { parts, partial } = readingPast(opened);
  const curation = parts.rules.matcher && (await curate(parts, parts.rules.matcher, asked));
  const request = curation?.request ?? asked;
  const { k: wanted = usualHits, from = 0, pages = false, explain = false, highlight } = request;
  const shownAtMost = pages ? mostHits : from + wanted;
  const k = curation?.reorders ? mostHits : Math.min(mostHits, shownAtMost + (curation?.more ?? 0));
  if (pages) cursors.checkRoom();
  if (request.diversity && parts.vectors === null)
    throw new TandemError('index/no-vectors', 'diversity goes by embeddings, and this index was made without a model');
  const counted = request.minScore !== undefined && request.total === true;
  const wide = counted ? mostHits : request.diversity ? Math.max(k, diversifiedHits) : k;
  const retrieved = await retrieve(parts, request, wide);
  const retrievedAt = performance.now();
  const seen = watched(secondOf(parts, request));
  const deep = seen && parts.ranker !== null ? deepStage(parts.ranker) : undefined;
  const rankers = { first: firstRanker(parts, request, retrieved), second: seen?.ranker, third: deep?.rank };
  const least = leastScore(parts, request, rankers, retrieved.read);
  const all = await rankHits(parts, retrieved, rankers, request, wide);
  const cut = request.minScore === 'auto' ? (deep?.cut() ?? least) : least;
  const good = cut === undefined ? all : all.filter(({ score }) => score >= cut);
  const moved = curation === undefined ? good : await curation.move(good);
  const diversified = diverse(parts, request, moved);
  const arranged = curation === undefined ? diversified : await curation.place(retrieved, diversified);
  const counting = curation?.counting(retrieved) ?? retrieved.prepared;
  const ranked = withGroups(counting, retrieved.read.mode, request, arranged.slice(from, shownAtMost));
  // one page needs no cursor
  const page =
    pages && ranked.length > wanted
      ? cursors.page(cursors.open(ranked, viewOf(within)), wanted, undefined, viewOf(within))
      : { ranked };
  const rankedAt = performance.now();
  const hits = await readAllHits(parts, page.ranked);
  const explained = explain ? await explainHits(parts, retrieved, hits, seen?.table(), deep) : undefined;
  const marked = highlight && (await inTurns(highlightHits(parts, retrieved, request, hits)));
  const shown = hits.map((hit, place) => ({
    ...hit,
    ...(explained && { parts: { ...explained[place], ...curation?.of(hit.id) } }),
    ...(marked && { highlights: marked[place] }),
  }));
  const cutTotal = counted && least !== undefined;
  const counts = await countMatches(counting, cutTotal ? { ...request, total: false } : request);
  const total = cutTotal ? { total: good.length + (curation?.pinnedBeside(good) ?? 0) } : {};
  const suggestion = suggestionFor(parts, retrieved, request, within);
  const warnings = [
    ...retrieved.read.warnings,
    ...unreadWarning(retrieved.read),
    ...(within === undefined ? fieldWarnings(request, parts.tokens) : []),
    ...(deep?.warnings() ?? []),
  ];
  const end = performance.now();
  const last = { documents: end - rankedAt, total: end - start };
  const took = { ...retrieved.took, rank: rankedAt - retrievedAt, ...deep?.took(), ...last };
  return {
    hits: shown,
    mode: retrieved.read.mode,
    ...counts,
    ...total,
    ...suggestion,
    ...curation?.told(),
    ...(warnings.length > 0 && { warnings }),
    ...('next' in page && { cursor: page.next }),
    ...partial(),
    took,
  };
}

/** The hits in the order that the request wants them unlike one another in. */
export function diverse(
  parts: Pick<IndexParts, 'embeddings'>,
  { diversity = 0 }: SearchRequest,
  ranked: readonly Candidate[],
): readonly Candidate[] {
  if (diversity === 0) return ranked;
  const first = ranked.slice(0, diversifiedHits).map(({ id }) => id);
  return diversify(ranked, parts.embeddings(first), diversity);
}

/** The hits with the groups that they were taken from, and how many documents these have. */
function withGroups(
  prepared: Pick<PreparedQuery, 'groupOf' | 'countGroups'>,
  mode: SearchMode,
  { groupBy }: SearchRequest,
  ranked: readonly Candidate[],
): readonly RankedDocument[] {
  if (groupBy === undefined) return ranked;
  const groupOf = prepared.groupOf(groupBy.field);
  const values = ranked.map(({ id }) => groupOf(id));
  const counts =
    mode === 'vector' || groupBy.count === false
      ? undefined
      : prepared.countGroups(
          groupBy.field,
          values.filter(value => value !== undefined),
        );
  return ranked.map((hit, place) => {
    const value = values[place];
    if (value === undefined) return hit;
    const count = counts?.get(value);
    return {
      ...hit,
      group: { value: typeof value === 'string' ? shownText(value) : value, ...(count !== undefined && { count }) },
    };
  });
}

/** Tells of a text that has no vector side. */
export function unreadWarning({ nothingToEmbed, mode }: ReadRequest): string[] {
  if (!nothingToEmbed) return [];
  const outcome = mode === 'vector' ? 'mode vector has no hits for it' : 'the tokens answered alone';
  return [`text: the model can read nothing in it; ${outcome}`];
}

/** What the person may have meant by words that no document holds. */
function suggestionFor(
  parts: IndexParts,
  { read: { mode, question }, prepared }: Retrieved,
  { language, text = '', typing = false }: SearchRequest,
  within: Filter | undefined,
): Pick<SearchResponse, 'suggestion'> {
  if (mode === 'vector' || 'query' in question || question.tokens !== undefined) {
    const typed = typing && mode !== 'vector' ? suggestWhileTyped(parts, text, language) : undefined;
    return typed !== undefined && (within === undefined || writtenWithin(parts, typed, text, within))
      ? { suggestion: typed }
      : {};
  }
  const suggestion = suggestQuery(parts, question.text, prepared.mended(), language);
  if (suggestion === undefined) return {};
  return within === undefined || writtenWithin(parts, suggestion, question.text, within) ? { suggestion } : {};
}

/** Facets and the total, over all that the token side matches. */
async function countMatches(
  prepared: Pick<PreparedQuery, 'counting'>,
  { facets = [], total = false }: SearchRequest,
): Promise<Pick<SearchResponse, 'facets' | 'total'>> {
  if (facets.length === 0 && !total) return {};
  const counted = await inTurns(prepared.counting(facets));
  return {
    ...(total && { total: counted.total }),
    ...(facets.length > 0 && { facets: counted.facets }),
  };
}

function nearest(parts: IndexParts, embedding: Float32Array, k: number, how: NearestSearch): Candidate[] {
  const { ef = parts.manifest.indexing.hnsw.ef, exact, accept } = how;
  const vectors = exact ? parts.exactVectors() : parts.vectors;
  if (vectors === null) throw new TandemError('index/no-vectors', 'this index was made without a model');
  return vectors.search(embedding, k, { ef, accept });
}

/** Tells whose cursors are whose. */
const viewOf = (within: Filter | undefined): string => (within === undefined ? '' : JSON.stringify(within));

/** @param within  who asks sees the documents that pass this alone */
function readerOver(parts: IndexParts, cursors: CursorCache, within?: Filter): FilteredReader {
  const { store, tokens } = parts;
  /** undefined = all */
  const accepted = (): AcceptedDocuments | undefined =>
    within && tokens.prepare({ text: '', filter: within }).eligible();
  const isSeen = (id: string): boolean => accepted()?.has(id) ?? true;
  const read = (asked: SearchRequest): SearchRequest => {
    const request = parseSearchRequest(asked);
    if (within === undefined) return request;
    const seen = request.similar && accepted();
    if (seen !== undefined) checkExamples(request, id => seen.has(id));
    return { ...request, filter: [...within, ...(request.filter ?? [])] };
  };
  return {
    search: async request => searchIndex(parts, cursors, read(request), within),
    next: async (cursor, k) => {
      const seen = accepted();
      const isThere = (id: string): boolean => store.has(id) && (seen?.has(id) ?? true);
      const { ranked, next } = cursors.page(cursor, k, isThere, viewOf(within));
      const { parts: past, partial } = readingPast(parts);
      const hits = await readAllHits(past, ranked);
      return { hits, ...(next !== undefined && { cursor: next }), ...partial() };
    },
    explain: async (asked, id) => {
      const asRead = read(asked);
      if (!isSeen(id)) return undefined;
      const curation = parts.rules.matcher && (await curate(parts, parts.rules.matcher, asRead));
      const { request, embedding } = await examplesOf(parts, curation?.request ?? asRead);
      const sides = readRequest(request, tokens, hasVectorSide(parts, request, embedding));
      const explained = tokens.prepare(sides.question).explain(id);
      const vector = explained && (await explainEmbedding(parts, request, sides, id));
      const rules = explained && (await curation?.concerning(id));
      return explained && { ...explained, ...(vector && { vector }), ...(rules?.length && { rules }) };
    },
    get: async id => (isSeen(id) ? store.get(id) : undefined),
    count: async () => accepted()?.count ?? store.count(),
    complete: async request => {
      if (!Number.isInteger(request.k) || request.k < 1 || request.k > mostCompletions)
        throw new TandemError(
          'request/invalid',
          `k: it must be a whole number in [1, ${mostCompletions}], got ${request.k}`,
        );
      const hidden = await hiddenFrom(parts.rules.matcher, request);
      const shown = hidden.length === 0 ? undefined : tokens.prepare({ text: '', filter: hidden }).eligible();
      return completeQuery(readingPast(parts).parts, request, within, id => shown?.has(id) !== false);
    },
  };
}

/** Puts the opened parts behind the interface of a backend. */
export function createEmbeddedIndex(parts: CuratedParts, cursors: CursorCache): EmbeddedIndex {
  const { store, tokens, manifest } = parts;
  return {
    manifest,
    retuned: settings => createEmbeddedIndex({ ...parts, manifest: withSettings(manifest, settings) }, cursors),
    ...readerOver(parts, cursors),
    filteredReader: filter => readerOver(parts, cursors, filter),
    status: async () => ({ modes: embedsQueries(parts) ? searchModes : ['token'] }),
    analyze: async (text, language = manifest.indexing.language) => {
      const { tokens: words, spans } = tokens.chains.expand(text, language);
      const steps = await inTurns(tokens.chains.analyzer(language).showing(text));
      return { language, steps: spans.length === 0 ? steps : [...steps, synonymStep(words, spans)] };
    },
    dictionary: async () => tokens.chains.dictionary(),
    synonyms: async () => tokens.chains.synonyms(),
    rules: async () => parts.rules.rules,
    refreshRules: () => parts.rules.refresh(),
    curatedBy: rules => {
      const bound = boundRules(rules, { analyzer: tokens.chains.analyzer, embedQuery: parts.embedQuery });
      return readerOver({ ...parts, rules: bound }, cursors);
    },
    retrieve: async request => retrieve(parts, parseSearchRequest(request), request.k ?? usualHits),
    candidates: async (request, depth) => {
      const asked = parseSearchRequest({ ...request, mode: 'hybrid' });
      const retrieved = await retrieve(parts, asked, depth);
      const sides = candidateTable(retrieved);
      const first = rankCandidates(firstRanker(parts, asked, retrieved), sides);
      return { retrieved, first, table: featuresOfSearch(parts, retrieved, asked, first.slice(0, depth), sides) };
    },
    attributes: () => indexAttributes(tokens),
    rankable: () => ({ fields: tokens.fields, attributes: tokens.words.numericAttributes() }),
    nearest: (embedding, k, how = {}) => nearest(parts, embedding, k, how),
    get vectorKind() {
      return parts.vectors?.kind ?? null;
    },
    get rankerDepth() {
      return parts.ranker?.second.depth ?? null;
    },
    embedding: id => store.embedding(id),
    ids: () => Array.from(store.documents(), ({ id }) => id),
    exportTokens: document => tokens.exportTokens(document),
    tokenMeasures: () => tokens.measures(),
    figures: () => figuresOf(parts, cursors.figures()),
    close: async () => {
      parts.vectors?.abandon?.();
      await parts.ranker?.deep?.close();
      await store.close();
    },
  };
}
