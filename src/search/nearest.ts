import type { GroupValue } from '../columns/groups.js';
import { type AcceptedDocuments, acceptedDocuments } from '../lexical/accepted.js';
import { clearBit } from '../math/bit-set.js';
import type { Candidate } from '../ranking/candidate.js';
import type { DocumentStore } from '../store/document-store.js';
import { asCosine, innerProduct, isZero } from '../vector/cosine.js';
import { createTopK } from '../vector/top-k.js';
import type { VectorIndex } from '../vector/vector-index.js';
import { mostHits } from './request.js';
import { chooseVectorPlan } from './vector-plan.js';

/** What has the embeddings of documents. */
export interface WithEmbeddings {
  readonly store: Pick<DocumentStore, 'embedding'>;
}

export interface NearestOptions {
  /** breadth of the graph's walk: so many documents come of it, further ones follow behind them */
  readonly ef: number;
  /** the same of the walk that follows where more are wanted than that gave; as broad as anybody may ask when absent */
  readonly deeper?: number;
  /** the least cosine of what is found, [-1, 1]; none when absent */
  readonly least?: number;
  /** documents that may be found; undefined = all */
  readonly accepted?: AcceptedDocuments;
}

/**
 * The k documents nearest to a query, by cosine. The k nearest are the first ones of any larger k: a graph is always walked with the same
 * breadth and all that it gives is looked at, also where fewer are wanted, so that equal scores are told apart by id. Where more are wanted it is walked
 * again, with the breadth of deeper pages, and at last with one for all that may be asked for; what a later walk finds and those before had missed stands
 * behind, with no more than the last score before it.
 * @param query  float32 [D], L2-normalised
 * @param k      1..1000
 */
export function nearestDocuments(
  vectors: VectorIndex,
  store: DocumentStore,
  query: Float32Array,
  k: number,
  options: NearestOptions,
): Candidate[] {
  const found = nearestOf(vectors, store, query, k, options);
  const { least } = options;
  if (least === undefined) return found;
  const end = found.findIndex(({ score }) => score < least);
  return end < 0 ? found : found.slice(0, end);
}

function nearestOf(
  vectors: VectorIndex,
  store: DocumentStore,
  query: Float32Array,
  k: number,
  { ef, deeper = mostHits, accepted }: NearestOptions,
): Candidate[] {
  if (vectors.kind === 'flat') return vectors.search(query, k, { among: accepted });
  // a graph of an earlier version leaves the choice to who asks it
  const isOld = vectors.kind === 'hnsw';
  if (isOld && accepted !== undefined && chooseVectorPlan(ef, vectors.size, accepted.count) === 'scan')
    return scanAccepted(store, query, k, accepted);
  const walk = (breadth: number): Candidate[] => vectors.search(query, breadth, { ef: breadth, among: accepted });
  let breadth = ef;
  let found = walk(breadth);
  for (const broader of [deeper, mostHits]) {
    if (k <= found.length || found.length < breadth) break;
    if (broader <= breadth) continue;
    breadth = broader;
    const known = new Set(found.map(({ id }) => id));
    const last = found[found.length - 1].score;
    const behind = walk(breadth).filter(({ id }) => !known.has(id));
    found = [...found, ...behind.map(({ id, score }) => ({ id, score: Math.min(score, last) }))];
  }
  return found.slice(0, k);
}

/** Groups of documents, of which each may give so many hits. */
export interface NearestGroups {
  readonly size: number;
  /** undefined where a document is a group of its own */
  groupOf(id: string): GroupValue | undefined;
  /** Documents that may be found and are in none of some groups. */
  outside(groups: ReadonlySet<GroupValue>): AcceptedDocuments;
}

/** Walks of the graph that pass over the groups that are full, at most. */
const mostRounds = 4;

/**
 * The k nearest with at most so many of one group: of the documents that nearestDocuments finds the first ones of each group. Where these are too few, an
 * exact index is searched deeper; a graph is walked again past what was found and past the groups that are full, as often as a bound says, and what comes of it
 * stands behind.
 * @param k  1..1000
 */
export function nearestInGroups(
  vectors: VectorIndex,
  store: DocumentStore,
  query: Float32Array,
  k: number,
  { ef, deeper, accepted, least }: NearestOptions,
  groups: NearestGroups,
): Candidate[] {
  const nearest = (depth: number, among?: AcceptedDocuments): Candidate[] =>
    nearestDocuments(vectors, store, query, depth, { ef, deeper, accepted: among, least });
  const { take, full } = takeByGroup(groups);
  const known = new Set<string>();
  const hits: Candidate[] = [];
  let found = nearest(mostHits, accepted);
  for (let round = 0; ; round++) {
    const last = hits.at(-1)?.score ?? Number.POSITIVE_INFINITY;
    for (const { id, score } of found) {
      known.add(id);
      if (take(id)) hits.push({ id, score: Math.min(score, last) });
    }
    if (hits.length >= k || found.length < mostHits || round === mostRounds) return hits.slice(0, k);
    found = nearest(mostHits, without(groups.outside(full), known));
  }
}

function without({ segments, documents }: AcceptedDocuments, known: ReadonlySet<string>): AcceptedDocuments {
  const left = documents.map(bits => bits.slice());
  for (const id of known)
    for (const [place, segment] of segments.entries()) {
      const doc = segment.find(id);
      if (doc >= 0) clearBit(left[place], doc);
    }
  return acceptedDocuments(segments, left);
}

/** Takes so many documents of each group; `full` are the groups that give no more. */
export function takeByGroup({ size, groupOf }: Pick<NearestGroups, 'size' | 'groupOf'>): {
  readonly take: (id: string) => boolean;
  readonly full: ReadonlySet<GroupValue>;
} {
  const counts = new Map<GroupValue, number>();
  const full = new Set<GroupValue>();
  const take = (id: string): boolean => {
    const group = groupOf(id);
    if (group === undefined) return true;
    if (full.has(group)) return false;
    const count = (counts.get(group) ?? 0) + 1;
    counts.set(group, count);
    if (count === size) full.add(group);
    return true;
  };
  return { take, full };
}

/** The k nearest of the accepted documents, exactly, their embeddings read from the store one by one. */
function scanAccepted(store: DocumentStore, query: Float32Array, k: number, accepted: AcceptedDocuments): Candidate[] {
  const ids = [...accepted.ids()];
  const best = createTopK(k, (a, b) => ids[a] < ids[b]);
  cosines(store, query, ids).forEach((cosine, row) => {
    if (!Number.isNaN(cosine)) best.offer(row, cosine);
  });
  return best.take().map(({ row, score }) => ({ id: ids[row], score }));
}

/** Cosines of documents from their stored embeddings; NaN where there is none. */
export const cosines = (store: WithEmbeddings['store'], query: Float32Array, ids: readonly string[]): Float64Array =>
  Float64Array.from(ids, id => {
    const embedding = store.embedding(id);
    return embedding === undefined || isZero(embedding) ? Number.NaN : asCosine(innerProduct(query, embedding, 0));
  });
