import type { DocumentRow } from '../config/rows.js';
import { seededRandom } from '../math/random.js';
import type { DocumentStore } from '../store/document-store.js';
import { asCosine, innerProduct, isZero } from '../vector/cosine.js';
import { embeddingKey } from '../vector/embedding-key.js';
import { createTopK, type TopK } from '../vector/top-k.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { QueryEmbedder } from './backend.js';
import type { GraphCheck } from './manifest.js';

/** Nearest documents of a query that are compared. */
export const checkedDepth = 10;
/** A graph that finds a smaller part of them is told of, with what helps. */
export const lowRecall = 0.95;

const mostQueries = 200;
const fewestQueries = 20;
/** Multiplications that the exact scans of a check take: some seconds of one core. */
const mostProducts = 4e9;
/** What the graph and the scan may differ in for one and the same embedding, by the order of their additions. */
const rounding = 1e-6;

/** Queries that a graph over n embeddings of width D is checked on: 200, fewer from n D = 2e7 on, and 20 from n D = 2e8 on. */
export const checkedQueries = (n: number, width: number): number =>
  Math.min(n, Math.max(fewestQueries, Math.min(mostQueries, Math.floor(mostProducts / (n * width)))));

interface Probe {
  readonly query: Float32Array;
  readonly exact: TopK;
}

interface Embedded {
  readonly document: DocumentRow;
  readonly embedding: Float32Array;
}

function* embedded(store: DocumentStore): Generator<Embedded> {
  for (const { document, embedding } of store.entries())
    if (embedding !== undefined && !isZero(embedding)) yield { document, embedding };
}

/** Documents drawn by a seed, of those with equal embeddings one: a reservoir (Vitter's algorithm R) gives each the same chance. */
function drawDocuments(store: DocumentStore, wanted: number): DocumentRow[] {
  const random = seededRandom(0);
  const drawn: DocumentRow[] = [];
  const seen = new Set<number>();
  for (const { document, embedding } of embedded(store)) {
    const key = embeddingKey(embedding);
    if (seen.has(key)) continue;
    seen.add(key);
    const place = seen.size <= wanted ? drawn.length : random.below(seen.size);
    if (place < wanted) drawn[place] = document;
  }
  return drawn;
}

/** The titles of documents as queries; those that the query tower cannot read are left out. */
async function asQueries(documents: readonly DocumentRow[], embedQuery: QueryEmbedder['embedQuery']): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const { title, country, language } of documents) {
    const { embedding } = await embedQuery({ text: title, country, language });
    if (!isZero(embedding)) probes.push({ query: embedding, exact: createTopK(checkedDepth, (a, b) => a < b) });
  }
  return probes;
}

/**
 * Recall of a graph as it is searched by default: titles of documents drawn by chance, embedded as queries, are answered by the graph and by a
 * scan of all embeddings. Queries lie apart from documents, and a graph finds less for them than for documents: documents as their own queries
 * would flatter it. A hit counts by its score, so that it does not matter which of several equal ones is found. Reads the store twice.
 * @param ef  breadth of the search by default
 * @returns undefined where vectors are searched exactly, or there is nothing to ask
 */
export async function measureGraph(
  index: VectorIndex,
  store: DocumentStore,
  embedQuery: QueryEmbedder['embedQuery'],
  ef: number,
): Promise<GraphCheck | undefined> {
  if (index.kind === 'flat') return undefined;
  const drawn = drawDocuments(store, checkedQueries(index.size, index.width));
  const probes = await asQueries(drawn, embedQuery);
  if (probes.length === 0) return undefined;
  let row = 0;
  for (const { embedding } of embedded(store)) {
    for (const { query, exact } of probes) exact.offer(row, asCosine(innerProduct(query, embedding, 0)));
    row++;
  }
  let sum = 0;
  for (const { query, exact } of probes) {
    const wanted = exact.take();
    const least = wanted[wanted.length - 1].score - rounding;
    sum += index.search(query, checkedDepth, { ef }).filter(({ score }) => score >= least).length / wanted.length;
  }
  return { recall: sum / probes.length, ef, queries: probes.length };
}
