import type { QueryRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { seededRandom, shuffle } from '../math/random.js';
import type { Candidate } from '../ranking/candidate.js';
import type { QueryEmbedder } from '../search/backend.js';
import type { EmbeddedIndex } from '../search/embedded-backend.js';
import { innerProduct } from '../vector/cosine.js';
import { type EmbeddedQueries, pooledBatchRecall } from './batch-recall.js';
import { knnRecall } from './embedding-metrics.js';
import { sampledRocAuc } from './sampled-auc.js';
import type { Qrels } from './trec.js';

export interface MeasureOptions {
  /** least gain that counts as relevant */
  readonly relevanceLevel: number;
  readonly seed: number;
  /** @param done  queries measured so far */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The embeddings of an index measured by themselves, before any fusion. */
export interface VectorMeasures {
  /** queries measured: those with a relevant document in the index, a seeded draw of `mostQueries` of them where there are more */
  readonly queries: number;
  /** `KNN Recall@10 exact`, `KNN Recall@10 HNSW`, the same @100, `Batch Recall@1`, `Batch Recall@10`, `ROC AUC` */
  readonly figures: Readonly<Record<string, number>>;
  /** part of the exact 10 nearest that the graph finds, by search breadth; empty where the index has no graph */
  readonly efCurve: readonly { readonly ef: number; readonly recall: number }[];
}

/** Every query is compared with all documents; more of them would take long and move the figures little. */
export const mostQueries = 1_000;
const depths = [10, 100] as const;
const deepest = 100;
/** neighbours that the curve over ef is about */
export const curveDepth = 10;
const breadths = [10, 20, 50, 100, 200] as const;
const batchCutoffs = [1, 10] as const;
/** random documents that stand against the relevant ones of a query in the ROC AUC */
export const randomNegatives = 50;
/** products of the same two embeddings in another order of addition differ by this much at most */
const rounding = 1e-6;

interface JudgedQuery {
  readonly query: QueryRow;
  readonly relevant: readonly string[];
  readonly others: readonly string[];
}

/**
 * Measures the vector side of an index as Que2Search (KDD 2021, 5.1) does.
 * KNN Recall@K: part of the pairs (query, relevant document) whose document is among the K nearest of the whole collection, by an exact
 * scan and through the graph as it is searched by default. Batch Recall@K: see pooledBatchRecall. ROC AUC: relevant pairs against judged
 * pairs that are not relevant (there are such where judgements are graded or name non-relevant documents) and against 50 random documents
 * a query that nobody judged, all drawn by the seed.
 * @param embedder  query side of the model that the index was made with
 * @throws TandemError 'index/no-vectors', 'evaluation/no-queries' when no query has a relevant document in the index
 */
export async function measureVectors(
  index: EmbeddedIndex,
  embedder: QueryEmbedder,
  queries: readonly QueryRow[],
  qrels: Qrels,
  options: MeasureOptions,
): Promise<VectorMeasures> {
  if (index.vectorKind === null) throw new TandemError('index/no-vectors', 'this index was made without a model');
  const chosen = chooseQueries(index, queries, qrels, options);
  const exact: (readonly Candidate[])[] = [];
  const embeddings: Float32Array[] = [];
  // through the graph: as it is searched by default (undefined), and at each breadth
  const searches = index.vectorKind === 'flat' ? [] : [undefined, ...breadths];
  const byBreadth = new Map(searches.map(ef => [ef, [] as (readonly Candidate[])[]]));
  for (const { query } of chosen) {
    const { embedding } = await embedder.embedQuery(query);
    exact.push(index.nearest(embedding, deepest, { exact: true }));
    for (const [ef, found] of byBreadth)
      found.push(index.nearest(embedding, ef === undefined ? deepest : curveDepth, { ef }));
    embeddings.push(embedding);
    options.onProgress?.(exact.length, chosen.length);
  }
  const graph = byBreadth.get(undefined);
  return {
    queries: chosen.length,
    figures: {
      ...knnFigures('exact', chosen, exact),
      ...(graph && knnFigures('HNSW', chosen, graph)),
      ...batchFigures(index, chosen, embeddings, options.seed),
      'ROC AUC': auc(index, chosen, embeddings, options.seed),
    },
    efCurve: breadths.flatMap(ef => {
      const found = byBreadth.get(ef);
      return found === undefined ? [] : [{ ef, recall: graphRecall(found, exact) }];
    }),
  };
}

function chooseQueries(
  index: EmbeddedIndex,
  queries: readonly QueryRow[],
  qrels: Qrels,
  { relevanceLevel, seed }: MeasureOptions,
): JudgedQuery[] {
  const judged = queries.flatMap((query): JudgedQuery[] => {
    const there = [...(qrels.get(query.id) ?? [])].filter(([id]) => index.embedding(id) !== undefined);
    const relevant = there.filter(([, gain]) => gain >= relevanceLevel).map(([id]) => id);
    const others = there.filter(([, gain]) => gain < relevanceLevel).map(([id]) => id);
    return relevant.length === 0 ? [] : [{ query, relevant, others }];
  });
  if (judged.length === 0) {
    throw new TandemError('evaluation/no-queries', 'no query has a relevant document in the index');
  }
  if (judged.length <= mostQueries) return judged;
  const order = shuffle(Uint32Array.from(judged.keys()), seededRandom(seed));
  return Array.from(order.subarray(0, mostQueries).sort(), i => judged[i]);
}

function knnFigures(
  how: 'exact' | 'HNSW',
  queries: readonly JudgedQuery[],
  found: readonly (readonly Candidate[])[],
): Record<string, number> {
  const neighbours = queries.flatMap(({ relevant }, i) => relevant.map(() => found[i].map(({ id }) => id)));
  const positives = queries.flatMap(({ relevant }) => relevant);
  return Object.fromEntries(depths.map(K => [`KNN Recall@${K} ${how}`, knnRecall(neighbours, positives, K)]));
}

/** Part of the exact nearest neighbours that were found; another document of the same score is as good. */
function graphRecall(found: readonly (readonly Candidate[])[], exact: readonly (readonly Candidate[])[]): number {
  let right = 0;
  let wanted = 0;
  found.forEach((candidates, i) => {
    const best = exact[i].slice(0, curveDepth);
    const last = best[best.length - 1].score - rounding;
    right += candidates.filter(({ score }) => score >= last).length;
    wanted += best.length;
  });
  return right / wanted;
}

function batchFigures(
  index: EmbeddedIndex,
  queries: readonly JudgedQuery[],
  embeddings: readonly Float32Array[],
  seed: number,
): Record<string, number> {
  const embedded: EmbeddedQueries = {
    queries: queries.map(({ relevant }, i) => ({ embedding: embeddings[i], relevant })),
    document: id => index.embedding(id)!,
  };
  return Object.fromEntries(batchCutoffs.map(K => [`Batch Recall@${K}`, pooledBatchRecall(embedded, K, seed)]));
}

function auc(
  index: EmbeddedIndex,
  queries: readonly JudgedQuery[],
  embeddings: readonly Float32Array[],
  seed: number,
): number {
  const ids = index.ids();
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  const places = (documents: readonly string[]): number[] => documents.map(id => placeOf.get(id)!);
  const judged = queries.map(({ relevant, others }) => ({ relevant: places(relevant), others: places(others) }));
  return sampledRocAuc(judged, {
    documents: ids.length,
    negatives: randomNegatives,
    seed,
    score: (query, document) => innerProduct(embeddings[query], index.embedding(ids[document])!, 0),
  });
}
