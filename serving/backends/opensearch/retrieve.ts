import { TandemError } from '../../../src/errors/tandem-error.js';
import type { PreparedQuery } from '../../../src/lexical/prepared-query.js';
import type { QueryNode } from '../../../src/lexical/tree/node.js';
import type { Candidate } from '../../../src/ranking/candidate.js';
import { takeByGroup } from '../../../src/search/nearest.js';
import { type ReadRequest, readRequest, withoutEmbedding } from '../../../src/search/read-request.js';
import { mostHits, type SearchRequest } from '../../../src/search/request.js';
import type { DeeperSides, Retrieved } from '../../../src/search/retrieve.js';
import { isZero } from '../../../src/vector/cosine.js';
import { clauseQuery } from './clause-query.js';
import type { Json } from './cluster.js';
import { attributePaths, type ClusterParts, hasVectors } from './cluster-parts.js';
import { countingBody } from './counts.js';
import { takeFound, tokenFields } from './found-documents.js';
import { nearestBody, readNearest } from './nearest-hits.js';
import { eligibleQuery, matchQueries, nodeQuery } from './node-query.js';
import { type PartSource, type SearchPart, settled } from './part.js';
import type { SearchReply } from './reply.js';
import type { SearchBody } from './search-index.js';
import { type FoundRows, foundRows } from './shown-rows.js';
import { bestFirst, mostOrdered, needsOrder, sortedBody } from './sort-hits.js';
import { unsupported } from './unsupported.js';

/** Documents that the cluster is asked for beside those that are wanted: its scores are near those of BM25F, and not the same. */
const spare = 100;
/** Of these proximity orders the best anew (src/ranking/proximity.ts). */
const rescored = 100;

/** What a search found, with what it is ranked and shown by. */
export interface Found {
  readonly retrieved: Retrieved;
  readonly part: SearchPart;
  /** the documents that match, as the cluster counts them */
  readonly matching: () => Json;
  /** documents that came with the candidates */
  readonly rows: FoundRows;
  /** counted beside the search, where that was asked */
  readonly counted?: SearchReply;
}

export interface RetrieveOptions {
  /** whether attributes of the candidates are asked for */
  readonly rows: boolean;
  /** whether it is looked at where documents hold the words */
  readonly matches?: boolean;
  /** whether documents and facets are counted at once */
  readonly counts: boolean;
  /** float32 [D] of examples in place of the query's */
  readonly ofExamples?: Float32Array;
}

/** A request as it was read, and what the cluster is asked for. */
interface Asked {
  readonly read: ReadRequest;
  readonly prepared: PreparedQuery;
  readonly node: Json | undefined;
  readonly conditions: readonly Json[];
  readonly eligible: Json | undefined;
  /** throws where it cannot be counted */
  readonly matching: () => Json;
  /** whether attributes decide which documents match */
  readonly asksRows: boolean;
  readonly coverage: number;
}

/**
 * Embeds the query and asks the sides that its mode names, as src/search/retrieve.ts does of an index of this machine: the cluster finds the documents,
 * more than are wanted, and they are scored here.
 * @param request  checked
 * @param k        hits wanted, 1..1000
 */
export async function retrieveFrom(
  parts: ClusterParts,
  source: PartSource,
  request: SearchRequest,
  k: number,
  options: RetrieveOptions,
): Promise<Found> {
  const found = await retrieveBy(parts, source, request, k, options, true).catch((error: unknown) => {
    // what it went by may be what is wrong
    if (error instanceof TandemError && !error.code.startsWith('cluster/')) return undefined;
    throw error;
  });
  // what it went by has changed since it was asked before
  return found ?? ((await retrieveBy(parts, source, request, k, options, false)) as Found);
}

/**
 * @param presumes  what words were told to be before is gone by, and asked anew beside the documents: one round less
 * @returns undefined where that does not hold any more
 */
async function retrieveBy(
  parts: ClusterParts,
  source: PartSource,
  request: SearchRequest,
  k: number,
  options: RetrieveOptions,
  presumes: boolean,
): Promise<Found | undefined> {
  const { indexing } = source;
  const { sort = [], groupBy, country, language, minCosine, functions = [] } = request;
  const took: Record<string, number> = {};
  let from = performance.now();
  const lap = (stage: string): void => {
    const now = performance.now();
    took[stage] = (took[stage] ?? 0) + now - from;
    from = now;
  };
  if (functions.length > 0) throw unsupported('functions');
  const withVectors = request.similar === undefined ? hasVectors(parts) : options.ofExamples !== undefined;
  const { part, result: asked } = await settled(
    source,
    each => {
      const all = readAll(request, each, withVectors);
      if (options.matches) all.prepared.matches([]);
      return all;
    },
    presumes,
  );
  let { read } = asked;
  const { prepared, node } = asked;
  if (read.mode !== 'token' && parts.meta.width === null)
    throw new TandemError('index/no-vectors', 'this index was made without a model');
  if (read.mode !== 'token' && options.ofExamples === undefined && parts.embedQuery === null)
    throw new TandemError('index/no-vectors', 'this index was opened without its model');
  lap('words');
  let embedding = options.ofExamples;
  let embedded: Retrieved['embedded'];
  if (read.mode !== 'token' && !read.nothingToEmbed) {
    embedded =
      embedding === undefined
        ? await parts.embedQuery?.({ text: read.plain, country, language })
        : { embedding, channels: {} };
    embedding = embedded?.embedding;
    if (embedding === undefined || isZero(embedding)) {
      read = withoutEmbedding(read);
      embedded = undefined;
    }
    lap('embed');
  }
  const asksVectors = embedded !== undefined && read.mode !== 'token';
  const asksTokens = read.mode !== 'vector' && node !== undefined;
  const { candidates, hnsw } = indexing;
  const isWide = groupBy !== undefined || (read.mode === 'hybrid' && k > candidates);
  const depth = isWide ? mostHits : read.mode === 'hybrid' ? candidates : k;
  const bodies: SearchBody[] = [];
  const tokenQuery = { bool: { must: [node ?? {}], filter: asked.conditions } };
  const asksRows = options.rows || asked.asksRows || sort.length > 0;
  const fields = asksRows || parts.sizes.areShort ? ['row'] : false;
  const shown = { ...tokenFields, _source: fields };
  const rows = foundRows();
  if (asksTokens)
    bodies.push({
      query: tokenQuery,
      ...shown,
      ...(sort.length > 0
        ? sortedBody(sort, depth)
        : { size: Math.max(depth, rescored) + spare, everywhere: true, track_total_hits: false, sort: bestFirst }),
    });
  const breadth = Math.max(request.ef ?? hnsw.ef, depth);
  if (asksVectors && embedding !== undefined)
    bodies.push(
      nearestBody(embedding, {
        ...{ k: breadth, size: depth, eligible: asked.eligible },
        shown: options.rows ? shown : { _source: fields },
      }),
    );
  const { matching } = asked;
  const facets = request.facets ?? [];
  if (options.counts) bodies.push(countingBody(matching(), facets, attributePaths(indexing)));
  const presumed = part.lookups.presumed();
  const all = await parts.searched.search([...bodies, ...presumed.bodies]);
  const replies = all.slice(0, bodies.length);
  if (!presumed.holds(all.slice(bodies.length))) return undefined;
  const counted = options.counts ? replies.pop() : undefined;
  const nearestReply = asksVectors ? replies.pop() : undefined;
  const tokenReply = asksTokens ? replies.pop() : undefined;
  if (tokenReply !== undefined) {
    const isPartly = needsOrder(sort, tokenReply) && tokenReply.hits.hits.length < (tokenReply.hits.total?.value ?? 0);
    const [whole] = isPartly
      ? await parts.searched.search([{ query: tokenQuery, ...shown, ...sortedBody(sort, mostOrdered) }])
      : [tokenReply];
    rows.note(whole.hits.hits);
    takeFound(part, whole.hits.hits, asksRows);
  }
  const grouping = groupBy && { field: groupBy.field, size: groupBy.size ?? 1 };
  const tokenSide = (wanted: number): Candidate[] => (asksTokens ? prepared.search({ k: wanted, sort }) : []);
  const tokenGroups = (wanted: number): Candidate[] =>
    asksTokens ? prepared.search({ k: wanted, sort, grouping }) : [];
  const token = read.mode === 'hybrid' ? tokenSide(candidates) : tokenGroups(k);
  lap(asksTokens ? 'token' : 'vector');
  const nearest = nearestReply === undefined ? [] : readNearest(nearestReply, minCosine);
  rows.note(nearestReply?.hits.hits ?? []);
  if (nearestReply !== undefined && options.rows) takeFound(part, nearestReply.hits.hits, true);
  const nearestGroups = (wanted: number): Candidate[] => {
    if (grouping === undefined) return nearest.slice(0, wanted);
    const { take } = takeByGroup({ size: grouping.size, groupOf: prepared.groupOf(grouping.field) });
    return nearest.filter(({ id }) => take(id)).slice(0, wanted);
  };
  const vector = read.mode === 'hybrid' ? nearest.slice(0, candidates) : nearestGroups(k);
  if (asksVectors) lap('vector');
  const isHybrid = read.mode === 'hybrid';
  function* deeper(): Generator<DeeperSides> {
    if (isHybrid && depth > candidates) yield { depth, token: tokenSide(depth), vector: nearest.slice(0, depth) };
  }
  const groups = grouping && (() => ({ token: tokenGroups(mostHits), vector: nearestGroups(mostHits) }));
  const coverage = isHybrid ? asked.coverage : 1;
  return {
    retrieved: { read, prepared, token, vector, embedded, coverage, deeper, groups, took },
    part,
    rows,
    matching,
    counted,
  };
}

/** Whether a query has conditions over attributes within it. */
const hasConditions = (node: QueryNode): boolean =>
  node.kind === 'filter' ||
  (node.kind === 'unscored' && hasConditions(node.node)) ||
  (node.kind === 'bool' && [...node.must, ...node.should, ...node.mustNot].some(hasConditions));

function readAll(request: SearchRequest, part: SearchPart, withVectors: boolean): Asked {
  const { tokens, lookups } = part;
  const read = readRequest(request, tokens, withVectors);
  const plan = tokens.prepare(read.question).plan();
  // the cluster has looked at the conditions, and the part need not know the attributes of what was found
  const prepared = tokens.prepare({ ...read.question, filter: [] });
  const options = { lookups, fields: plan.fields, counts: false };
  // what is told of words beside the hits asks about words too
  prepared.mended();
  return {
    read,
    prepared,
    node: plan.node && nodeQuery(plan.node, options),
    conditions: plan.filter.map(clause => clauseQuery(clause, lookups)),
    eligible: eligibleQuery(plan, lookups),
    matching: () => matchQueries(plan, lookups),
    asksRows: plan.node !== undefined && hasConditions(plan.node),
    coverage: prepared.coverage(),
  };
}
