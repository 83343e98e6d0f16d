import type { DocumentRow } from '../../../src/config/rows.js';
import { checkRules, type Rule, type RuleInput } from '../../../src/curation/rule.js';
import { asTandemError, TandemError } from '../../../src/errors/tandem-error.js';
import type { Filter } from '../../../src/query/filter.js';
import type { Candidate } from '../../../src/ranking/candidate.js';
import type { OpenPairScorer } from '../../../src/ranking/learned/deep-ranker.js';
import type {
  BackendStatus,
  FilteredReader,
  IndexWriter,
  SearchBackend,
  TextEmbedder,
} from '../../../src/search/backend.js';
import { mostCompletions } from '../../../src/search/complete-query.js';
import { curate, hiddenFrom } from '../../../src/search/curate.js';
import { type CursorCache, createCursorCache } from '../../../src/search/cursors.js';
import type { Rankable, RankedCandidates } from '../../../src/search/embedded-backend.js';
import { explainEmbedding } from '../../../src/search/explain-hits.js';
import { cacheEmbeddings } from '../../../src/search/query-cache.js';
import { readRequest } from '../../../src/search/read-request.js';
import { parseSearchRequest, type SearchRequest, searchModes } from '../../../src/search/request.js';
import type { Retrieved } from '../../../src/search/retrieve.js';
import { boundRules } from '../../../src/search/rule-book.js';
import { type SearchSettings, withSettings } from '../../../src/search/search-settings.js';
import { isSimilar } from '../../../src/search/similar.js';
import { inTurns } from '../../../src/search/turns.js';
import { checkDictionary, type DictionaryWord } from '../../../src/text/dictionary.js';
import { synonymStep } from '../../../src/text/synonym-step.js';
import { checkedSynonyms } from '../../../src/text/synonyms.js';
import { changeDictionary } from './change-dictionary.js';
import { filterQueries } from './clause-query.js';
import { type Cluster, type ClusterOptions, openCluster } from './cluster.js';
import { type ClusterParts, fieldNames, hasVectors, partSource } from './cluster-parts.js';
import { completeFrom } from './complete.js';
import { readDocuments } from './found-documents.js';
import { keptAnswers } from './lookups.js';
import type { IndexMeta } from './mapping.js';
import { type GenerationNames, generationNames, indexNames } from './names.js';
import { nearestBody, readNearest, scanBody } from './nearest-hits.js';
import { searchPart, settled } from './part.js';
import { rankableThere } from './rankable.js';
import { readExamplesFrom } from './read-examples.js';
import { activeGeneration, checkCluster } from './read-meta.js';
import { scanDocuments } from './scan-documents.js';
import { searchCluster, takeRows, viewOf } from './search.js';
import { searchedAlias } from './search-index.js';
import { type PresentSettings, settingsSource } from './settings.js';
import { rowSizes } from './shown-rows.js';
import { candidatesOf, sidesOf } from './sides.js';
import { statisticsSource } from './statistics.js';
import { clusterWriter } from './writer.js';

export interface OpenOptions extends ClusterOptions {
  /** name of the index */
  readonly index: string;
  /** the model that it was made with; without it tokens alone are asked */
  readonly embedder?: TextEmbedder;
  /** in its place: opens the model that the index turns out to be of. @throws TandemError 'index/model-mismatch' */
  readonly openModel?: (modelId: string) => Promise<TextEmbedder>;
  /** rankings that people page through; its own when absent */
  readonly cursors?: CursorCache;
  /** runs the network of a ranker that has one; without it its trees rank alone */
  readonly openScorer?: OpenPairScorer;
  /** for which what other servers write may go unnoticed in statistics, milliseconds; 1,000 when absent. Documents are found at once */
  readonly keptMs?: number;
}

/** How an index is searched. */
export interface SearchedBy extends Pick<PresentSettings, 'manifest' | 'golden'> {
  /** hits that its ranker was trained to order anew; null where it has none */
  readonly rankerDepth: number | null;
}

/** An index of a cluster behind the interface of every backend. */
export interface ClusterIndex extends SearchBackend, IndexWriter {
  /** what the cluster calls the generation that was active when it was opened */
  readonly generation: string;
  readonly meta: IndexMeta;
  /** The candidates of each side before they are ranked. @throws TandemError as `search` */
  retrieve(request: SearchRequest): Promise<Retrieved>;
  /** The best candidates of the first ranking of a hybrid search, with what a ranker may know of them. @throws TandemError as `search` */
  candidates(request: SearchRequest, depth: number): Promise<RankedCandidates>;
  /** How it is searched at present: as it was made, or as was chosen since. */
  searchedBy(): Promise<SearchedBy>;
  /** The same index searched by other settings, at once and for this process alone. */
  retuned(settings: SearchSettings): Pick<ClusterIndex, 'search' | 'retrieve'>;
  /** The same index curated by other rules, for this process alone. @param rules  checked */
  curatedBy(rules: readonly Rule[]): Pick<ClusterIndex, 'search'>;
  /** The k documents nearest to an embedding, by cosine: that walks of breadth k find in each shard, or `exact`. */
  nearest(embedding: Float32Array, k: number, how?: { readonly exact?: boolean }): Promise<readonly Candidate[]>;
  /** What of the documents rankers may look at: the searched fields, and the attributes that are numbers or dates. */
  rankable(): Promise<Rankable>;
  /** Those of some ids that documents have. */
  having(ids: ReadonlySet<string>): Promise<ReadonlySet<string>>;
  /** Every document once, as all were at one moment. */
  documents(): AsyncIterable<DocumentRow>;
}

/** What a search may ask of the cluster at one time takes so long at most, milliseconds; then it is asked of another node, or once more. */
const searchMs = 10_000;
const usualKeptMs = 1_000;
/** Of a word how rare it is may be told so much later. */
const wordsKeptTimes = 30;

/**
 * Opens an index of a cluster. It keeps nothing that others would miss: any number of servers may have it open.
 * @throws TandemError 'index/not-found' | 'index/model-mismatch' | 'cluster/*' | 'package/unavailable'
 */
export async function openClusterIndex(options: OpenOptions): Promise<ClusterIndex> {
  const cluster = openCluster({ timeoutMs: searchMs, ...options });
  try {
    await checkCluster(cluster);
    return await openOn(cluster, options);
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function openOn(cluster: Cluster, options: OpenOptions): Promise<ClusterIndex> {
  const names = indexNames(options.index);
  const { meta, index } = await activeGeneration(cluster, names);
  const { openModel, embedder = meta.modelId === null ? undefined : await openModel?.(meta.modelId) } = options;
  return openGeneration(cluster, generationNames(index, names), meta, { ...options, embedder });
}

/** Opens a generation, whether or not a name leads to it. @throws TandemError 'index/model-mismatch' */
export function openGeneration(
  cluster: Cluster,
  names: GenerationNames,
  meta: IndexMeta,
  {
    embedder,
    openScorer,
    cursors = createCursorCache(),
    keptMs = usualKeptMs,
  }: Pick<OpenOptions, 'embedder' | 'openScorer' | 'cursors' | 'keptMs'>,
): ClusterIndex {
  const index = names.index;
  if (embedder !== undefined && embedder.modelId !== meta.modelId)
    throw new TandemError(
      'index/model-mismatch',
      `${index}: it was made ${meta.modelId === null ? 'without a model' : `with model ${meta.modelId.slice(0, 12)}`}, not with ${embedder.modelId.slice(0, 12)}`,
    );
  const searched = searchedAlias(cluster, names.index);
  const kept = keptAnswers(Math.max(1, wordsKeptTimes * keptMs));
  const statistics = statisticsSource(searched, fieldNames(meta.indexing), keptMs);
  const embedQuery = embedder === undefined ? null : cacheEmbeddings(embedder).embedQuery;
  const parts: ClusterParts = {
    ...{ cluster, names, searched, meta, statistics, kept, embedQuery, sizes: rowSizes() },
    ...(embedder?.embedDocuments && { embedDocuments: embedder.embedDocuments.bind(embedder) }),
    ...(embedder?.embedPictures && { embedPictures: embedder.embedPictures.bind(embedder) }),
  };
  const settings = settingsSource({ cluster, names, meta, embedQuery, openScorer, keptMs });
  const onWritten = (): void => {
    kept.clear();
    statistics.forget();
  };
  const documentEmbedder = embedder?.embedDocuments && {
    modelId: embedder.modelId,
    width: embedder.width,
    embedDocuments: embedder.embedDocuments.bind(embedder),
  };
  const checkModel = (): void => {
    if (meta.modelId !== null && documentEmbedder === undefined)
      throw new TandemError(
        'index/model-mismatch',
        `${index}: documents are written with the model that it was made with; give its folder with --model`,
      );
  };
  const writerOf = (within?: Filter) => {
    const writer = clusterWriter({ parts, settings, embedder: documentEmbedder, onWritten }, within);
    const checked =
      <A extends unknown[], R>(write: (...given: A) => Promise<R>) =>
      async (...given: A): Promise<R> => {
        checkModel();
        return write(...given);
      };
    return {
      write: checked(writer.write),
      writeEach: checked(writer.writeEach),
      deleteMatching: writer.deleteMatching,
    };
  };
  const status = async (): Promise<BackendStatus> => {
    const modes = hasVectors(parts) ? searchModes : (['token'] as const);
    const fault = await searched.search([{ size: 0, track_total_hits: false }], { timeoutMs: 5_000 }).then(
      () => undefined,
      error => asTandemError(error),
    );
    return { modes, ...(fault && { fault }) };
  };

  const readerOver = (within?: Filter): FilteredReader => {
    const read = (asked: SearchRequest): SearchRequest => {
      const request = parseSearchRequest(asked);
      return within === undefined ? request : { ...request, filter: [...within, ...(request.filter ?? [])] };
    };
    /** Those of some documents that are seen. */
    const seen = async (ids: readonly string[]) => {
      const documents = await readDocuments(cluster, names.index, ids);
      if (within === undefined) return documents;
      const { tokens } = searchPart(await partSource(parts, await settings.present()));
      return new Map([...documents].filter(([, { row }]) => tokens.passes(row, within)));
    };
    return {
      search: async request => searchCluster(parts, await settings.present(), cursors, read(request), within),
      next: async (cursor, k) => {
        // a page whose documents are gone is filled from those behind it
        for (let more = k + 1; ; more *= 2) {
          const { ranked } = cursors.page(cursor, more, undefined, viewOf(within));
          const ids = new Set(ranked.map(({ id }) => id));
          const documents = await seen([...ids]);
          if (ranked.length === more && documents.size <= k) continue;
          const isThere = (id: string): boolean => !ids.has(id) || documents.has(id);
          const page = cursors.page(cursor, k, isThere, viewOf(within));
          const hits = page.ranked.flatMap(({ id, score, group }) => {
            const document = documents.get(id)?.row;
            return document === undefined ? [] : [{ id, score, document, ...(group && { group }) }];
          });
          return { hits, ...(page.next !== undefined && { cursor: page.next }) };
        }
      },
      explain: async (asked, id) => {
        const asRead = read(asked);
        const state = await settings.present();
        const source = await partSource(parts, state);
        const documents = await seen([id]);
        if (!documents.has(id)) return undefined;
        const holder = { part: searchPart(source) };
        const rulesOver = {
          get tokens() {
            return holder.part.tokens;
          },
        };
        const curation = state.rules.matcher && (await curate(rulesOver, state.rules.matcher, asRead));
        const curated = curation?.request ?? asRead;
        const { request, embedding } = isSimilar(curated)
          ? await readExamplesFrom(parts, source, curated, within)
          : { request: curated, embedding: undefined };
        const withVectors = request.similar === undefined ? hasVectors(parts) : embedding !== undefined;
        const { part, result } = await settled(source, ({ tokens }) => {
          const sides = readRequest(request, tokens, withVectors);
          const prepared = tokens.prepare(sides.question);
          prepared.plan();
          return { sides, prepared };
        });
        holder.part = part;
        await takeRows(parts, part, [id]);
        const explained = result.prepared.explain(id);
        const [document] = (await readDocuments(cluster, names.index, [id], true)).values();
        const store = { get: () => document?.row, embedding: () => document?.embedding };
        const vector = explained && (await explainEmbedding({ ...parts, store }, request, result.sides, id));
        const rules = explained && (await curation?.concerning(id));
        return explained && { ...explained, ...(vector && { vector }), ...(rules?.length && { rules }) };
      },
      get: async id => (await seen([id])).get(id)?.row,
      count: async () => {
        if (within === undefined) return (await statistics.present()).documents;
        const { result: query } = await settled(
          await partSource(parts, await settings.present()),
          ({ tokens, lookups }) => ({
            bool: {
              filter: filterQueries(tokens.prepare({ query: { all: {} }, filter: within }).plan().filter, lookups),
            },
          }),
        );
        const [reply] = await searched.search([{ size: 0, track_total_hits: true, query }]);
        return reply.hits.total?.value ?? 0;
      },
      complete: async request => {
        if (!Number.isInteger(request.k) || request.k < 1 || request.k > mostCompletions)
          throw new TandemError(
            'request/invalid',
            `k: it must be a whole number in [1, ${mostCompletions}], got ${request.k}`,
          );
        const state = await settings.present();
        const hidden = await hiddenFrom(state.rules.matcher, request);
        return completeFrom(parts, await partSource(parts, state), request, { within, hidden });
      },
    };
  };

  /** Searches of all documents in a changed state. */
  const searchedAs = (change: (state: PresentSettings) => PresentSettings) => {
    const present = async (): Promise<PresentSettings> => change(await settings.present());
    return {
      search: async (asked: SearchRequest) => searchCluster(parts, await present(), cursors, parseSearchRequest(asked)),
      retrieve: async (asked: SearchRequest) => sidesOf(parts, await present(), parseSearchRequest(asked)),
    };
  };

  return {
    generation: index,
    meta,
    ...readerOver(),
    filteredReader: readerOver,
    status,
    ...searchedAs(state => state),
    retuned: tuned => searchedAs(state => ({ ...state, manifest: withSettings(state.manifest, tuned) })),
    curatedBy: rules =>
      searchedAs(state => ({ ...state, rules: boundRules(rules, { analyzer: state.chains.analyzer, embedQuery }) })),
    nearest: async (embedding, k, { exact = false } = {}) => {
      const body = exact ? scanBody(embedding, k) : nearestBody(embedding, { k, size: k });
      const [reply] = await searched.search([body]);
      return readNearest(reply);
    },
    candidates: async (asked, depth) =>
      candidatesOf(parts, await settings.present(), parseSearchRequest({ ...asked, mode: 'hybrid' }), depth),
    searchedBy: async () => {
      const { manifest, golden, ranker } = await settings.present();
      return { manifest, ...(golden && { golden }), rankerDepth: ranker?.second.depth ?? null };
    },
    rankable: () => rankableThere(parts),
    having: async ids => new Set((await readDocuments(cluster, names.index, [...ids])).keys()),
    documents: async function* () {
      for await (const documents of scanDocuments(parts)) for (const { row } of documents) yield row;
    },
    analyze: async (text, language = meta.indexing.language) => {
      const { chains } = await settings.present();
      const { tokens: words, spans } = chains.expand(text, language);
      const steps = await inTurns(chains.analyzer(language).showing(text));
      return { language, steps: spans.length === 0 ? steps : [...steps, synonymStep(words, spans)] };
    },
    dictionary: async () => (await settings.present()).settings.dictionary,
    synonyms: async () => (await settings.present()).settings.synonyms,
    rules: async () => (await settings.present()).settings.rules,
    ...writerOf(),
    filteredWriter: writerOf,
    setSynonyms: async rules => settings.set('synonyms', checkedSynonyms(rules)),
    setRules: async (rules: readonly RuleInput[]) => settings.set('rules', checkRules(rules)),
    setDictionary: async (words: readonly DictionaryWord[]) => {
      const change = await changeDictionary(parts, settings, checkDictionary(words));
      onWritten();
      return change;
    },
    close: () => settings.close().finally(() => cluster.close()),
  };
}
