import type { ImageVectors } from '../../models/images/image-vectors.js';
import type { Model } from '../../models/runtime/load-model.js';
import type { DocumentRow, QueryRow } from '../../src/config/rows.js';

/** Rows that go through one tower together. */
export type EmbedBatch =
  | { readonly kind: 'queries'; readonly rows: readonly QueryRow[] }
  | {
      readonly kind: 'documents';
      readonly rows: readonly DocumentRow[];
      /** vectors of their images; the image source of the model is asked where they are not at hand */
      readonly images?: ImageVectors;
    };

export type EmbedKind = EmbedBatch['kind'];

/** The embeddings of a batch, row by row. */
export interface EmbeddedBatch {
  /** [n] */
  readonly ids: readonly string[];
  /** float32 [n * D], row-major, rows of length 1, or all zeros where there was nothing to embed */
  readonly embeddings: Float32Array;
}

/** Batch -> float32 [n * D], row-major. */
export const embedBatch = (model: Model, batch: EmbedBatch): Promise<Float32Array> =>
  batch.kind === 'queries' ? model.embedQueries(batch.rows) : model.embedDocuments(batch.rows, batch.images);
