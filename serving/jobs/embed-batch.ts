import type { ImageVectors } from '../../models/images/image-vectors.js';
import type { Model } from '../../models/runtime/load-model.js';
import { addCounts, type TextCounts } from '../../models/runtime/text-counts.js';
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

export interface EmbedResult {
  /** float32 [n * D], row-major */
  readonly embeddings: Float32Array;
  /** of the texts of these documents */
  readonly texts: TextCounts;
}

export async function embedBatch(model: Model, batch: EmbedBatch): Promise<EmbedResult> {
  const before = model.textCounts();
  const embeddings =
    batch.kind === 'queries'
      ? await model.embedQueries(batch.rows)
      : await model.embedDocuments(batch.rows, batch.images);
  return { embeddings, texts: addCounts(model.textCounts(), before, -1) };
}
