import { TandemError } from '../../../src/errors/tandem-error.js';
import type { Filter } from '../../../src/query/filter.js';
import type { Candidate } from '../../../src/ranking/candidate.js';
import type { SearchResponse } from '../../../src/search/backend.js';
import { firstRanker, leastScore } from '../../../src/search/choose-rankers.js';
import { type Curation, curate } from '../../../src/search/curate.js';
import type { CursorCache, RankedDocument } from '../../../src/search/cursors.js';
import { diversifiedHits } from '../../../src/search/diversity.js';
import { diverse, unreadWarning } from '../../../src/search/embedded-backend.js';
import { explainHits } from '../../../src/search/explain-hits.js';
import { fieldWarnings } from '../../../src/search/field-warnings.js';
import { highlightHits } from '../../../src/search/highlight-hits.js';
import { rankHits } from '../../../src/search/rank.js';
import { mostHits, type SearchRequest, usualHits } from '../../../src/search/request.js';
import { isSimilar } from '../../../src/search/similar.js';
import { suggestQuery, suggestWhileTyped } from '../../../src/search/suggest-query.js';
import { inTurns } from '../../../src/search/turns.js';
import type { Json } from './cluster.js';
import { attributePaths, type ClusterParts, type IndexState, partSource } from './cluster-parts.js';
import { countingBody, groupCountsBody, readCounts, readGroupCounts } from './counts.js';
import { takeFound, tokenFields } from './found-documents.js';
import { bestOptions, rankerStage, readBest, readEmbeddings, readEmbeddingsOf } from './order.js';
import { type PartSource, type SearchPart, searchPart, settled } from './part.js';
import { readExamplesFrom } from './read-examples.js';
import { type Found, retrieveFrom } from './retrieve.js';
import { readShown, type ShownDocument } from './shown-rows.js';

/** Tells whose cursors are whose. */
export const viewOf = (within: Filter | undefined): string => (within === undefined ? '' : JSON.stringify(within));

/**
 * The query plan of src/search/embedded-backend.ts over a cluster: it finds and counts, everything else is the same code.
 * @param asked   checked
 * @param within  what of the documents is seen; the request has it among its filters
 */
export async function searchCluster(
  parts: ClusterParts,
  state: IndexState,
  cursors: CursorCache,
  asked: SearchRequest,
  within?: Filter,
): Promise<SearchResponse> {
  const start = performance.now();
  const source = await partSource(parts, state);
  // rules ask about the documents that were found, which are not there yet
  const seen: { part: SearchPart } = { part: searchPart(source) };
  const holder = {
    get tokens() {
      return seen.part.tokens;
    },
  };
  const curation = state.rules.matcher && (await curate(holder, state.rules.matcher, asked));
  const curated = curation?.request ?? asked;
  const { request, embedding: ofExamples } = isSimilar(curated)
    ? await readExamplesFrom(parts, source, curated, within)
    : { request: curated, embedding: undefined };
  const { k: wanted = usualHits, from = 0, pages = false, explain = false, highlight, groupBy } = request;
  const shownAtMost = pages ? mostHits : from + wanted;
  const k = curation?.reorders ? mostHits : Math.min(mostHits, shownAtMost + (curation?.more ?? 0));
  if (pages) cursors.checkRoom();
  if (request.diversity && parts.meta.width === null)
    throw new TandemError('index/no-vectors', 'diversity goes by embeddings, and this index was made without a model');
  const counted = request.minScore !== undefined && request.total === true;
  const wide = counted ? mostHits : request.diversity ? Math.max(k, diversifiedHits) : k;
  const counts = ((request.total ?? false) && !counted) || (request.facets ?? []).length > 0;
  const stage = rankerStage(state, request);
  const { manifest } = state;
  const found = await retrieveFrom(parts, source, request, wide, {
    rows: groupBy !== undefined || (curation?.reorders ?? false) || (stage?.rows ?? false),
    matches: stage !== undefined || manifest.fusionClasses !== undefined,
    counts: counts && !curation?.more,
    ofExamples,
  });
  const { retrieved, part } = found;
  seen.part = part;
  const retrievedAt = performance.now();
  const seenBy = stage?.seen;
  const deep = stage?.deep;
  const rankers = { first: firstRanker({ manifest }, request, retrieved), second: seenBy?.ranker, third: deep?.rank };
  const least = leastScore(state, request, rankers, retrieved.read);
  const read = readEmbeddings();
  if (stage !== undefined && retrieved.read.mode === 'hybrid')
    await readBest(parts, { state, request, retrieved, part }, bestOptions(stage), read);
  const all = await rankHits(read, retrieved, rankers, request, wide);
  const cutAt = request.minScore === 'auto' ? (deep?.cut() ?? least) : least;
  const good = cutAt === undefined ? all : all.filter(({ score }) => score >= cutAt);
  const moved = curation === undefined ? good : await curation.move(good);
  if (request.diversity) await readEmbeddingsOf(parts, moved.slice(0, diversifiedHits), read);
  const diversified = diverse(read, request, moved);
  if (curation?.more) await takeRows(parts, part, pinnedIds(state, curation));
  const arranged = curation === undefined ? diversified : await curation.place(retrieved, diversified);
  const cut = arranged.slice(from, shownAtMost);
  const pinned =
    curation === undefined
      ? []
      : arranged.filter(({ id }) => curation.of(id).rules?.some(({ action }) => action === 'pin'));
  const matching = () => withPinned(found, pinned);
  const ranked = await withGroups(parts, found, request, cut, matching);
  const page =
    pages && ranked.length > wanted
      ? cursors.page(cursors.open(ranked, viewOf(within)), wanted, undefined, viewOf(within))
      : { ranked };
  const rankedAt = performance.now();
  const stored = await readShown(
    parts,
    found.rows,
    page.ranked.map(({ id }) => id),
    explain,
  );
  const hits = page.ranked.flatMap(({ id, score, group }) => {
    const document = stored.get(id)?.row;
    return document === undefined ? [] : [{ id, score, document, ...(group && { group }) }];
  });
  if (explain)
    await takeRows(
      parts,
      part,
      hits.map(({ id }) => id),
    );
  const explained = explain
    ? await explainHits(
        { ranker: state.ranker, store: { embedding: id => stored.get(id)?.embedding } },
        retrieved,
        hits,
        seenBy?.table(),
        deep,
      )
    : undefined;
  const marked = highlight && (await inTurns(highlightHits(part, retrieved, request, hits)));
  const shown = hits.map((hit, place) => ({
    ...hit,
    ...(explained && { parts: { ...explained[place], ...curation?.of(hit.id) } }),
    ...(marked && { highlights: marked[place] }),
  }));
  const cutTotal = counted && least !== undefined;
  const told = await countMatches(
    parts,
    found,
    cutTotal ? { ...request, total: false } : request,
    matching,
    pinned.length > 0,
  );
  const total = cutTotal ? { total: good.length + (curation?.pinnedBeside(good) ?? 0) } : {};
  const suggestion = within === undefined ? await suggestionFor(source, part, retrieved, request, stored) : {};
  const warnings = [
    ...retrieved.read.warnings,
    ...unreadWarning(retrieved.read),
    ...(within === undefined ? fieldWarnings(request, part.tokens) : []),
    ...(deep?.warnings() ?? []),
  ];
  const end = performance.now();
  const took = {
    ...retrieved.took,
    rank: rankedAt - retrievedAt,
    ...deep?.took(),
    documents: end - rankedAt,
    total: end - start,
  };
  return {
    hits: shown,
    mode: retrieved.read.mode,
    ...told,
    ...total,
    ...suggestion,
    ...curation?.told(),
    ...(warnings.length > 0 && { warnings }),
    ...('next' in page && { cursor: page.next }),
    took,
  };
}

/** Takes further documents into the part, with their attributes. */
export async function takeRows({ searched }: ClusterParts, part: SearchPart, ids: readonly string[]): Promise<void> {
  const missing = ids.filter(id => !part.tokens.has(id));
  if (missing.length === 0) return;
  const [{ hits }] = await searched.search([
    { size: missing.length, query: { terms: { id: missing } }, ...tokenFields, _source: ['row'] },
  ]);
  takeFound(part, hits.hits, true);
}

const pinnedIds = ({ rules }: IndexState, curation: Curation): string[] => {
  const held = new Set(curation.told().rules.map(({ id }) => id));
  return rules.rules.filter(({ id }) => held.has(id)).flatMap(({ pin = [] }) => pin.map(({ id }) => id));
};

/** What matches, and pinned documents with it. */
const withPinned = ({ matching, retrieved }: Found, pinned: readonly Candidate[]): Json => {
  const { question } = retrieved.read;
  const isGiven = !('query' in question) && question.tokens !== undefined;
  if (pinned.length === 0 || isGiven) return matching();
  return { bool: { should: [matching(), { terms: { id: pinned.map(({ id }) => id) } }], minimum_should_match: 1 } };
};

async function withGroups(
  { searched }: ClusterParts,
  { retrieved }: Found,
  { groupBy }: SearchRequest,
  ranked: readonly Candidate[],
  matching: () => Json,
): Promise<readonly RankedDocument[]> {
  if (groupBy === undefined) return ranked;
  const groupOf = retrieved.prepared.groupOf(groupBy.field);
  const values = ranked.map(({ id }) => groupOf(id));
  const groups = [...new Set(values.filter(value => value !== undefined))];
  const isCounted = retrieved.read.mode !== 'vector' && groupBy.count !== false && groups.length > 0;
  const counts = isCounted
    ? readGroupCounts((await searched.search([groupCountsBody(matching(), groupBy.field, groups)]))[0], groups)
    : undefined;
  return ranked.map((hit, place) => {
    const value = values[place];
    if (value === undefined) return hit;
    const count = counts?.get(value);
    return { ...hit, group: { value, ...(count !== undefined && { count }) } };
  });
}

/** Facets and the total, over all that the token side matches. */
async function countMatches(
  { searched, meta }: ClusterParts,
  { counted, retrieved }: Found,
  { facets = [], total = false }: SearchRequest,
  matching: () => Json,
  hasPinned: boolean,
): Promise<Pick<SearchResponse, 'facets' | 'total'>> {
  if (facets.length === 0 && !total) return {};
  const reply =
    counted !== undefined && !hasPinned
      ? counted
      : (await searched.search([countingBody(matching(), facets, attributePaths(meta.indexing))]))[0];
  const language = retrieved.read.question.language || meta.indexing.language;
  const counts = readCounts(reply, facets, language);
  return { ...(total && { total: counts.total }), ...(facets.length > 0 && { facets: counts.facets }) };
}

/** What the person may have meant by words that no document holds. */
async function suggestionFor(
  source: PartSource,
  part: SearchPart,
  { read: { mode, question }, prepared }: Found['retrieved'],
  { language, text = '', typing = false }: SearchRequest,
  stored: ReadonlyMap<string, ShownDocument>,
): Promise<Pick<SearchResponse, 'suggestion'>> {
  const sources = (of: SearchPart) => ({
    tokens: of.tokens,
    store: { getMany: (ids: readonly string[]) => ids.map(id => stored.get(id)?.row) },
  });
  if (mode === 'vector' || 'query' in question || question.tokens !== undefined) {
    if (!typing || mode === 'vector') return {};
    const { result } = await settled(source, each => suggestWhileTyped(sources(each), text, language));
    return result === undefined ? {} : { suggestion: result };
  }
  const suggestion = suggestQuery(sources(part), question.text, prepared.mended(), language);
  return suggestion === undefined ? {} : { suggestion };
}
