import { explainRows } from '../ranking/learned/tree-ranker.js';
import type { FeatureTable } from '../ranking/second-ranker.js';
import type { Hit, ScoreParts, VectorExplanation } from './backend.js';
import type { DeepStage } from './deep-stage.js';
import { explainVector } from './explain-vector.js';
import type { WithEmbeddings } from './nearest.js';
import { scoreParts } from './rank.js';
import type { ReadRequest } from './read-request.js';
import type { SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';
import { inTurns } from './turns.js';

/** Hits whose score by a ranker is explained at most: each walks all trees. */
const mostExplained = 20;

/**
 * What each side, each feature and the network behind the ranker gave some hits.
 * @param table  what the ranker was given; undefined where none ranked
 */
export async function explainHits(
  parts: WithEmbeddings & Pick<IndexParts, 'ranker'>,
  retrieved: Retrieved,
  hits: readonly Hit[],
  table: FeatureTable | undefined,
  deep: DeepStage | undefined,
): Promise<ScoreParts[]> {
  const bySide = scoreParts(parts, retrieved, hits);
  if (parts.ranker === null || table === undefined) return bySide;
  const rowOf = new Map(table.ids.map((id, row) => [id, row]));
  const places = hits.slice(0, mostExplained).flatMap(({ id }, place) => (rowOf.has(id) ? [place] : []));
  const rows = places.map(place => rowOf.get(hits[place].id) as number);
  const explained = await inTurns(explainRows(parts.ranker.file, table, rows));
  const byPlace = new Map(places.map((place, i) => [place, explained[i]]));
  return bySide.map((side, place) => {
    const adds = deep?.adds(hits[place].id);
    return {
      ...side,
      ...(byPlace.has(place) && { ranker: byPlace.get(place) }),
      ...(adds !== undefined && { deep: adds }),
    };
  });
}

type ExplainedParts = Pick<IndexParts, 'embedQuery' | 'embedDocuments'> & {
  readonly store: Pick<IndexParts['store'], 'get' | 'embedding'>;
};

/** Undefined where vectors are not asked, or there is nothing to embed. */
export async function explainEmbedding(
  { store, embedQuery, embedDocuments }: ExplainedParts,
  { country, language }: SearchRequest,
  { mode, plain }: ReadRequest,
  id: string,
): Promise<VectorExplanation | undefined> {
  if (mode === 'token' || embedQuery === null || plain.trim() === '') return undefined;
  const [row, embedding] = [store.get(id), store.embedding(id)];
  if (row === undefined || embedding === undefined) return undefined;
  return explainVector({ text: plain, country, language }, { row, embedding }, { embedQuery, embedDocuments });
}
