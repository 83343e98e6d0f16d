import { z } from 'zod';

/**
 * The rows that people bring: one schema for files, HTTP bodies and the store.
 * Ids and queries are non-empty strings; numbers as ids are accepted and become strings (CSV columns are often inferred as numbers).
 */
const id = z.union([z.string().min(1).max(512), z.number().transform(String)]);

/** A document; attributes that are not named here are kept as they are and can be filtered on. */
export const documentRowSchema = z.looseObject({
  id,
  title: z.string().max(65_536),
  description: z.string().max(1_048_576).optional(),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
  images: z.array(z.string().max(4096)).max(64).optional(),
  price: z.number().optional(),
});

export const queryRowSchema = z.strictObject({
  id,
  text: z.string().min(1).max(4096),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
});

/** A positive pair; weight in (0, 1], 1 when absent. */
export const pairRowSchema = z.strictObject({
  query: z.string().min(1).max(4096),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
  documentId: id,
  weight: z.number().positive().max(1).optional(),
});

export const eventRowSchema = z.strictObject({
  session: z.string().min(1),
  time: z.union([z.number(), z.string()]),
  type: z.string().min(1),
  query: z.string().optional(),
  documentId: id.optional(),
});

export type DocumentRow = z.infer<typeof documentRowSchema>;
export type QueryRow = z.infer<typeof queryRowSchema>;
export type PairRow = z.infer<typeof pairRowSchema>;
export type EventRow = z.infer<typeof eventRowSchema>;
