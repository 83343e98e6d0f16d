import { z } from 'zod';
import { configSchema } from '../src/config/schema.js';
import { attributeVocabularySchema } from './attributes.js';

/** Files of a model artefact beside model.json. */
export const artefactFiles = {
  manifest: 'model.json',
  query: 'query.onnx',
  document: 'document.onnx',
  tables: 'tables.safetensors',
  tokenizer: 'tokenizer.json',
  validation: 'validation.jsonl',
} as const;

const count = z.int().min(0);

/** What towers learnt from: pairs of people, queries drawn from the documents, or nothing, where an encoder is used as it came. */
export const lessons = ['pairs', 'documents', 'nothing'] as const;
export type Lesson = (typeof lessons)[number];

/** model.json: what a model artefact says about itself. */
export const modelManifestSchema = z.strictObject({
  format: z.literal('tandem-model'),
  version: z.literal(2),
  /** version of Tandem that wrote it */
  tandem: z.string(),
  created: z.string(),
  /** of the matrices in its graphs; float32 when absent */
  precision: z.enum(['int8']).optional(),
  /** absent in what was written before it was kept */
  learntFrom: z.enum(lessons).optional(),
  config: configSchema,
  vocabulary: z.strictObject({
    countries: z.array(z.string()),
    tokens: count,
    maxQueryTokens: count,
    maxDocumentTokens: count,
    imageWidth: z.int().min(1).optional(),
    imageMean: z.array(z.number()).optional(),
    attributes: z.record(z.string(), attributeVocabularySchema).optional(),
  }),
  /** size and sha256 of every other file of the folder */
  files: z.record(z.string(), z.strictObject({ bytes: count, sha256: z.string().length(64) })),
  /** figures measured at the end of training, on the validation queries; `known-item ...` on queries drawn from the documents */
  metrics: z.record(z.string(), z.number()),
  /** what is wrong with the model, for people; absent when nothing is */
  warnings: z.array(z.string()).optional(),
});

export type ModelManifest = z.infer<typeof modelManifestSchema>;

/** What a model learnt from; of an older artefact as its towers and figures tell: only pairs were validated on, only an encoder has no fusion. */
export function learntFrom({ learntFrom: told, config, metrics }: ModelManifest): Lesson {
  if (told !== undefined) return told;
  if ('ROC AUC' in metrics) return 'pairs';
  return config.towers.fusion === 'none' ? 'nothing' : 'documents';
}
