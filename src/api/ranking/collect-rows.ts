import { type PackedEmbedding, packEmbedding, type RowEmbeddings } from '../../../training/ranking/deep/embeddings.js';
import { gainsOf, type LoggedRows } from '../../../training/ranking/rows-file.js';
import type { QueryRow } from '../../config/rows.js';
import { TandemError } from '../../errors/tandem-error.js';
import { idealGain } from '../../evaluation/metrics.js';
import type { Qrels } from '../../evaluation/trec.js';
import type { PairTable } from '../../ranking/learned/deep-ranker.js';
import type { EnsembleFeature } from '../../ranking/trees/ensemble.js';
import type { Watch } from '../watch.js';
import type { RankedIndex } from './ranked-index.js';

export interface CollectOptions {
  readonly queries: readonly QueryRow[];
  readonly qrels: Qrels;
  readonly features: readonly EnsembleFeature[];
  /** candidates of the first ranking */
  readonly depth: number;
  /** whether the embeddings of queries and documents are kept too: a network learns from them */
  readonly embeddings?: boolean;
}

/** Rank that the ideal looks down to. */
const idealDepth = 10;

/**
 * Asks an index judged queries and keeps what a ranker would see of their candidates: these alone, as they are when it serves. Documents below them are
 * not taken, though somebody may have judged them: a ranker never meets such rows, and would learn from them what is judged instead of what is good.
 * @throws TandemError 'evaluation/no-queries', and as `search`
 */
export async function collectRows(
  index: Pick<RankedIndex, 'candidates' | 'width'>,
  { queries, qrels, features, depth, embeddings = false }: CollectOptions,
  watch: Pick<Watch, 'progress'>,
): Promise<LoggedRows> {
  const asked = queries.filter(({ id }) => [...(qrels.get(id)?.values() ?? [])].some(gain => gain > 0));
  if (asked.length === 0)
    throw new TandemError('evaluation/no-queries', 'no query has a document that was judged to be relevant');
  const blocks: Float32Array[][] = features.map(() => []);
  const [documents, judged, groups, ideal]: [string[], number[], number[], number[]] = [[], [], [0], []];
  const embedded = embeddings ? embeddingsOf(index.width) : undefined;
  const progress = watch.progress('collecting candidates', 'queries', asked.length);
  try {
    for (const { id, text, country, language } of asked) {
      const judgements = qrels.get(id) ?? new Map<string, number>();
      const { table, retrieved } = await index.candidates({ text, country, language }, depth);
      embedded?.add(retrieved.embedded?.embedding, table);
      for (const [feature, { name }] of features.entries()) blocks[feature].push(Float32Array.from(table.column(name)));
      for (const document of table.ids) {
        documents.push(document);
        judged.push(judgements.get(document) ?? Number.NaN);
      }
      groups.push(documents.length);
      ideal.push(idealGain(judgements, idealDepth));
      progress.update(ideal.length);
    }
  } finally {
    progress.finish();
  }
  const known = Float64Array.from(judged);
  return {
    features,
    columns: blocks.map(block => joinColumn(block, documents.length)),
    judged: known,
    gains: gainsOf(known),
    ideal: Float64Array.from(ideal),
    groups: Uint32Array.from(groups),
    queries: asked.map(({ id }) => id),
    documents,
    ...(embedded && { embeddings: embedded.all() }),
  };
}

/** Embeddings as they are asked for, each document's once. @param width  D */
function embeddingsOf(width: number) {
  const queries: PackedEmbedding[] = [];
  const documents: (PackedEmbedding | undefined)[] = [];
  const known = new Map<string, PackedEmbedding | undefined>();
  return {
    add: (query: Float32Array | undefined, table: PairTable): void => {
      queries.push(query === undefined ? new Int16Array(width) : packEmbedding(query));
      for (const [row, id] of table.ids.entries()) {
        if (!known.has(id)) {
          const embedding = table.documentEmbedding(row);
          known.set(id, embedding && packEmbedding(embedding));
        }
        documents.push(known.get(id));
      }
    },
    all: (): RowEmbeddings => ({ width, queries, documents }),
  };
}

function joinColumn(blocks: readonly Float32Array[], rows: number): Float32Array {
  const column = new Float32Array(rows);
  let at = 0;
  for (const block of blocks) {
    column.set(block, at);
    at += block.length;
  }
  return column;
}
