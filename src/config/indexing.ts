import { z } from 'zod';

/** How documents are indexed and searched. */
export const indexingSchema = z
  .strictObject({
    /** language of documents and queries that name none; any BCP 47 tag, `und` = language-neutral analysis */
    language: z.string().min(2).max(35).default('en'),
    bm25: z
      .strictObject({
        /** Lucene's default is 1.2; .9 measured better on short product titles */
        k1: z.number().min(0).max(10).default(0.9),
        b: z.number().min(0).max(1).default(0.4),
      })
      .prefault({}),
    /** weight of a field's term frequency */
    fieldWeights: z.record(z.string(), z.number().min(0)).default({ title: 1, description: 0.4 }),
    hnsw: z
      .strictObject({
        m: z.int().min(2).max(128).default(16),
        efConstruction: z.int().min(8).max(2000).default(200),
        ef: z.int().min(1).max(10_000).default(100),
      })
      .prefault({}),
    /** below this many documents an exact scan answers vector queries */
    exactBelow: z.int().min(0).default(2_000),
    /** candidates that each side gives to the fusion */
    candidates: z.int().min(1).max(10_000).default(200),
    /** weight of the vector side in the convex combination, [0, 1]; tuned on validation by `tandem index --queries --qrels` */
    fusionWeight: z.number().min(0).max(1).default(0.5),
  })
  .prefault({});

export type IndexingConfig = z.infer<typeof indexingSchema>;
