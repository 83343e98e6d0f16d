import type { JudgedQueries } from '../data/prepared-files.js';
import type { ModelState } from '../models/model-state.js';
import type { DocumentRow, QueryRow } from '../src/config/rows.js';
import { rocAuc } from '../src/evaluation/embedding-metrics.js';
import { evaluateRun } from '../src/evaluation/evaluate.js';
import { type AucPair, sampleAucPairs } from '../src/evaluation/sampled-auc.js';
import type { Run } from '../src/evaluation/trec.js';
import type { Corpus } from './corpus.js';
import { embedTowerFeatures, nearestDocuments } from './exact-search.js';

/** Most validation queries looked at. */
const mostQueries = 1500;
/** Random documents that stand against each relevant one in the ROC AUC. */
const negatives = 50;
const depth = 100;

/** Figures of the model as it stands, on queries it does not learn from; names as `tandem evaluate` gives them, and `ROC AUC`. */
export type ValidationFigures = Readonly<Record<string, number>>;

/** Validation queries with their judgements. */
export interface ValidationSet {
  readonly queries: readonly QueryRow[];
  readonly qrels: JudgedQueries['qrels'];
  /** least gain that counts as relevant */
  readonly level: number;
  /** for each query, the numbers of its relevant documents */
  readonly relevant: readonly (readonly number[])[];
}

/** Half of the greatest gain, so that graded judgements need no setting here. */
function relevanceLevel({ qrels }: JudgedQueries): number {
  let greatest = 0;
  for (const gains of qrels.values()) for (const gain of gains.values()) greatest = Math.max(greatest, gain);
  return Math.max(1, Math.ceil(greatest / 2));
}

/**
 * @param most  queries that are looked at, the first ones
 * @returns undefined where the judgements tell no document from another: nothing can be measured then
 */
export function createValidationSet(
  judged: JudgedQueries,
  documents: readonly DocumentRow[],
  most = mostQueries,
): ValidationSet | undefined {
  const queries = judged.queries.filter(({ id }) => judged.qrels.has(id)).slice(0, most);
  const qrels = new Map(queries.map(({ id }) => [id, judged.qrels.get(id)!]));
  const level = relevanceLevel(judged);
  const indexOf = new Map(documents.map(({ id }, index) => [id, index]));
  const relevant = queries.map(({ id }) => relevantOf(qrels.get(id)!, level, indexOf));
  const tells = relevant.some(found => found.length > 0) && relevant.some(found => found.length < documents.length);
  return tells ? { queries, qrels, level, relevant } : undefined;
}

const relevantOf = (
  gains: ReadonlyMap<string, number>,
  level: number,
  indexOf: ReadonlyMap<string, number>,
): number[] => [...gains].filter(([id, gain]) => gain >= level && indexOf.has(id)).map(([id]) => indexOf.get(id)!);

/**
 * Embeds all documents and the validation queries through the towers as they will be served, scores every pair exactly, and measures.
 * The work grows with queries times documents, as native matrix products.
 * @throws TandemError 'training/diverged' when an embedding is not finite
 */
export async function validate(
  state: ModelState,
  corpus: Corpus,
  documents: readonly DocumentRow[],
  set: ValidationSet,
  threads: number,
): Promise<ValidationFigures> {
  const q = await embedTowerFeatures(state, 'query', set.queries.map(corpus.queryFeatures), threads);
  const d = await embedTowerFeatures(state, 'document', corpus.documents, threads);
  const found = await retrieveExactly(q, d, documents, set, threads);
  const { means } = evaluateRun(found.run, set.qrels, { relevanceLevel: set.level });
  return { 'ROC AUC': aucOf(found), ...means };
}

/** What embeddings find, exactly. */
export interface Retrieved {
  /** the nearest hundred documents of every query */
  readonly run: Run;
  /** what ROC AUC is over: the same for all embeddings of the same rows */
  readonly pairs: readonly AucPair[];
  /** of each pair */
  readonly cosines: Float64Array;
}

/** ROC AUC over the pairs of all queries. */
export const aucOf = ({ pairs, cosines }: Pick<Retrieved, 'pairs' | 'cosines'>): number =>
  rocAuc(
    cosines,
    pairs.map(({ positive }) => positive),
  );

/**
 * Scores every pair of query and document exactly.
 * @param q  float32 [queries of the set * D], rows of length 1
 * @param d  float32 [documents * D], rows of length 1
 */
export async function retrieveExactly(
  q: Float32Array,
  d: Float32Array,
  documents: readonly DocumentRow[],
  { queries, relevant }: ValidationSet,
  threads: number,
): Promise<Retrieved> {
  const width = d.length / documents.length;
  const pairs = sampleAucPairs(
    relevant.map(documents => ({ relevant: documents, others: [] })),
    { documents: documents.length, negatives, seed: 0 },
  );
  const cosines = Float64Array.from(pairs, ({ query, document }) => dot(q, query, d, document, width));
  const found = await nearestDocuments(q, d, width, depth, threads, (a, b) => documents[a].id < documents[b].id);
  const run: Run = new Map(
    found.map((list, i) => [queries[i].id, list.map(({ document, score }) => ({ id: documents[document].id, score }))]),
  );
  return { run, pairs, cosines };
}

function dot(q: Float32Array, query: number, d: Float32Array, document: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += q[query * width + j] * d[document * width + j];
  return sum;
}
