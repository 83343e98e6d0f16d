import { vectorsOfMap } from '../../models/images/image-source.js';
import type { Model } from '../../models/runtime/load-model.js';
import type { DocumentRow, QueryRow } from '../../src/config/rows.js';

/** Rows that go through one tower together. */
export type EmbedBatch =
  | { readonly kind: 'queries'; readonly rows: readonly QueryRow[] }
  | { readonly kind: 'documents'; readonly rows: readonly DocumentRow[]; readonly images?: BatchImages };

/** Vectors of the images of a batch by reference, in a form that can be handed to a thread. */
export interface BatchImages {
  /** W */
  readonly width: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

export type EmbedKind = EmbedBatch['kind'];

/** The embeddings of a batch, row by row. */
export interface EmbeddedBatch {
  /** [n] */
  readonly ids: readonly string[];
  /** float32 [n * D], row-major, rows of length 1 */
  readonly embeddings: Float32Array;
}

/** Batch -> float32 [n * D], row-major. */
export function embedBatch(model: Model, batch: EmbedBatch): Promise<Float32Array> {
  if (batch.kind === 'queries') return model.embedQueries(batch.rows);
  const { rows, images } = batch;
  return model.embedDocuments(rows, images && vectorsOfMap(images.width, images.vectors));
}
