import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from '../lexical/candidate.js';
import type { SegmentMeasures } from '../lexical/segment-measures.js';
import type { Query } from '../query/query.js';
import { parseFacets } from '../query/query-schema.js';
import type { AnalysisStep } from '../text/analyzer.js';
import type { DictionaryWord } from '../text/dictionary.js';
import { synonymStep } from '../text/synonym-step.js';
import type { Hit, ScoreParts, SearchBackend, SearchRequest, SearchResponse } from './backend.js';
import { type Completion, type CompletionRequest, completeQuery, mostCompletions } from './complete-query.js';
import { type CursorCache, mostRanked } from './cursors.js';
import { fieldWarnings } from './field-warnings.js';
import { convexCombination } from './fusion.js';
import { type FieldHighlight, highlightDocument } from './highlight.js';
import type { Manifest } from './manifest.js';
import { marksOf } from './query-marks.js';
import { type ReadRequest, readRequest } from './read-request.js';
import { type IndexParts, type RetrievalRequest, type Retrieved, retrieveCandidates } from './retrieve.js';
import { suggestQuery } from './suggest-query.js';

/** An index of this process behind the one interface, with what evaluation needs beside it. */
export interface EmbeddedIndex extends SearchBackend {
  readonly manifest: Manifest;
  /** The candidates of each side before fusion. @throws TandemError as `search` */
  retrieve(request: RetrievalRequest): Promise<Retrieved>;
  /** how vectors are searched; null without a model */
  readonly vectorKind: 'flat' | 'hnsw' | null;
  /** float32 [D] of a document; undefined where there is none */
  embedding(id: string): Float32Array | undefined;
  /** ids of all live documents, sorted */
  ids(): string[];
  /** Every step that turns a text into terms, with the words and synonyms of this index. @param language  that of the index when absent */
  analyze(text: string, language?: string): AnalysisStep[];
  /** words that the analysis keeps whole */
  dictionary(): readonly DictionaryWord[];
  /** Ways to go on with a text that is being typed. @throws TandemError 'request/invalid' | 'text/bad-language' */
  complete(request: CompletionRequest): Completion[];
  /** sizes of the token index's segments, and how often they were made */
  tokenMeasures(): SegmentMeasures;
}

function fuse({ read, ...sides }: Retrieved, k: number, weight: number): readonly Candidate[] {
  if (read.mode === 'token') return sides.token;
  if (read.mode === 'vector') return sides.vector;
  return convexCombination(sides, weight, k);
}

/** Looks up what each side gave a document. */
function explainer({ token, vector, channels }: Retrieved): (id: string) => ScoreParts {
  const place = (side: readonly Candidate[]) => new Map(side.map(({ id, score }, i) => [id, { score, rank: i + 1 }]));
  const [tokens, vectors] = [place(token), place(vector)];
  return id => ({
    token: tokens.get(id)?.score,
    vector: vectors.get(id)?.score,
    tokenRank: tokens.get(id)?.rank,
    vectorRank: vectors.get(id)?.rank,
    channels,
  });
}

function readHits(parts: IndexParts, ranked: readonly Candidate[]): Hit[] {
  const documents = parts.store.getMany(ranked.map(candidate => candidate.id));
  return ranked.flatMap(({ id, score }, i): Hit[] => {
    const document = documents[i];
    // deleted since the derived parts were read
    return document === undefined ? [] : [{ id, score, document }];
  });
}

/** The query plan: embed, token and vector retrieval, fusion, documents. */
async function searchIndex(parts: IndexParts, cursors: CursorCache, request: SearchRequest): Promise<SearchResponse> {
  const start = performance.now();
  const { pages = false, explain = false, highlight } = request;
  const k = pages ? mostRanked : request.k;
  const retrieved = await retrieveCandidates(parts, { ...request, k });
  const retrievedAt = performance.now();
  const ranked = fuse(retrieved, k, request.weight ?? parts.manifest.indexing.fusionWeight);
  const page = pages ? cursors.page(cursors.open(ranked), request.k) : { ranked };
  const fusedAt = performance.now();
  const explained = explain ? explainer(retrieved) : undefined;
  const marked = highlight && highlighter(parts, retrieved.read, request);
  const hits = readHits(parts, page.ranked).map(hit => ({
    ...hit,
    ...(explained && { parts: explained(hit.id) }),
    ...(marked && { highlights: marked(hit.document) }),
  }));
  const counts = countMatches(parts, retrieved.read, request);
  const suggestion = suggestionFor(parts, retrieved.read, request);
  const warnings = [...unreadWarning(retrieved.read), ...fieldWarnings(request, parts.tokens)];
  const end = performance.now();
  const took = { ...retrieved.took, fuse: fusedAt - retrievedAt, documents: end - fusedAt, total: end - start };
  return {
    hits,
    mode: retrieved.read.mode,
    ...counts,
    ...suggestion,
    ...(warnings.length > 0 && { warnings }),
    ...('next' in page && { cursor: page.next }),
    took,
  };
}

/** Tells of a text that has no vector side. */
function unreadWarning({ nothingToEmbed, mode }: ReadRequest): string[] {
  if (!nothingToEmbed) return [];
  const outcome = mode === 'vector' ? 'mode vector has no hits for it' : 'the tokens answered alone';
  return [`text: the model can read nothing in it; ${outcome}`];
}

/** What the person may have meant by words that no document holds. */
function suggestionFor(
  parts: IndexParts,
  { mode, question }: ReadRequest,
  { text, language }: SearchRequest,
): Pick<SearchResponse, 'suggestion'> {
  if (mode === 'vector' || 'query' in question || question.tokens !== undefined) return {};
  const suggestion = suggestQuery(parts, text, language);
  return suggestion === undefined ? {} : { suggestion };
}

/** Facets and the total, over all that the token side matches. */
function countMatches(
  { tokens }: IndexParts,
  { question, filter }: ReadRequest,
  { facets = [], total = false, language, fieldWeights }: SearchRequest,
): Pick<SearchResponse, 'facets' | 'total'> {
  if (facets.length === 0 && !total) return {};
  const counted = tokens.count({ ...question, language, fieldWeights, filter }, parseFacets(facets));
  return {
    ...(total && { total: counted.total }),
    ...(facets.length > 0 && { facets: counted.facets }),
  };
}

/** Shows the passages of a document that the token side's query matches. */
function highlighter(
  { tokens }: IndexParts,
  { question }: ReadRequest,
  { language, highlight = {} }: SearchRequest,
): (document: DocumentRow) => FieldHighlight[] {
  const query: Query = 'query' in question ? question.query : { bag: { text: question.text } };
  const termsOf = (text: string): string[] => tokens.termsOf(text, language).map(({ term }) => term);
  const marks = marksOf(query, tokens.analyzer(language), termsOf);
  const { fields = tokens.fields } = highlight;
  return document =>
    highlightDocument(document, marks, {
      ...highlight,
      fields,
      texts: tokens.texts,
      analyzer: tokens.analyzer(document.language),
      idf: tokens.idf,
    });
}

/** Puts the opened parts behind the interface of a backend. */
export function createEmbeddedIndex(parts: IndexParts, cursors: CursorCache): EmbeddedIndex {
  return {
    manifest: parts.manifest,
    search: request => searchIndex(parts, cursors, request),
    complete: request => {
      if (!Number.isInteger(request.k) || request.k < 1 || request.k > mostCompletions)
        throw new TandemError(
          'request/invalid',
          `k: it must be a whole number in [1, ${mostCompletions}], got ${request.k}`,
        );
      return completeQuery(parts, request);
    },
    next: async (cursor, k) => {
      const { ranked, next } = cursors.page(cursor, k, id => parts.store.has(id));
      return { hits: readHits(parts, ranked), ...(next !== undefined && { cursor: next }) };
    },
    retrieve: request => retrieveCandidates(parts, request),
    get vectorKind() {
      return parts.vectors?.kind ?? null;
    },
    embedding: id => parts.store.embedding(id),
    ids: () => Array.from(parts.store.documents(), ({ id }) => id),
    analyze: (text, language) => {
      const { tokens, spans } = parts.tokens.expand(text, language);
      const steps = parts.tokens.analyzer(language).steps(text);
      return spans.length === 0 ? steps : [...steps, synonymStep(tokens, spans)];
    },
    dictionary: () => parts.tokens.dictionary(),
    tokenMeasures: () => parts.tokens.measures(),
    explain: async (request, id) => {
      const { question } = readRequest(request, parts.tokens);
      const { language, functions, fieldWeights } = request;
      return parts.tokens.explain({ ...question, language, functions, fieldWeights }, id);
    },
    get: async id => parts.store.get(id),
    count: async () => parts.store.count(),
    close: () => parts.store.close(),
  };
}
