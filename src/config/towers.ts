import { z } from 'zod';

/** Inputs of the query tower, by name. */
export const queryChannels = ['trigram', 'word', 'text', 'country'] as const;
/** Inputs of the document tower, by name. */
export const documentChannels = [
  'titleTrigram',
  'titleWord',
  'descriptionTrigram',
  'descriptionWord',
  'title',
  'description',
  'country',
] as const;

export type QueryChannel = (typeof queryChannels)[number];
export type DocumentChannel = (typeof documentChannels)[number];

const unique = <T>(items: readonly T[]): boolean => new Set(items).size === items.length;

/** Shape of the towers: which channels, how wide. Defaults: the bag preset (docs/results.md says how it was chosen). */
export const towersSchema = z
  .strictObject({
    /** D, width of an embedding */
    embeddingWidth: z.int().min(8).max(4096).default(512),
    /** columns of the trigram and word tables */
    tableWidth: z.int().min(8).max(4096).default(128),
    /** rows of the trigram table, shared by both towers; 2^16..2^20 in the paper's family of models */
    trigramBuckets: z
      .int()
      .min(64)
      .max(2 ** 24)
      .default(2 ** 16),
    /** rows of the word table, shared by both towers */
    wordBuckets: z
      .int()
      .min(64)
      .max(2 ** 24)
      .default(2 ** 16),
    /** chance that a trigram, word or token of an example is left out of its bag while training */
    featureDropout: z.number().min(0).lt(1).default(0.2),
    /** attention: softmax over the channels present (Que2Search, 3.2); concat: concatenation and an MLP, for ablation */
    fusion: z.enum(['attention', 'concat']).default('attention'),
    query: z
      .array(z.enum(queryChannels))
      .min(1)
      .refine(unique, 'a channel may stand once')
      .default(['trigram', 'word']),
    document: z
      .array(z.enum(documentChannels))
      .min(1)
      .refine(unique, 'a channel may stand once')
      .default(['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord']),
  })
  .prefault({});

/** The transformer text encoder of the channels `text` (query) and `title`, `description` (document, shared). */
export const textEncoderSchema = z
  .strictObject({
    vocabularySize: z.int().min(64).max(500_000).default(16_000),
    /** T, hidden width */
    width: z.int().min(8).max(2048).default(128),
    heads: z.int().min(1).max(64).default(4),
    /** feed-forward width = this times width; 3 in Que2Search */
    feedForward: z.number().min(1).max(8).default(3),
    queryLayers: z.int().min(1).max(24).default(1),
    documentLayers: z.int().min(1).max(24).default(1),
    dropout: z.number().min(0).lt(1).default(0.1),
    pooling: z.enum(['mean', 'cls']).default('mean'),
    /** longest query in tokens; p99 of the training queries when absent */
    maxQueryTokens: z.int().min(2).max(512).optional(),
    /** longest document field in tokens */
    maxDocumentTokens: z.int().min(2).max(512).default(64),
  })
  .prefault({});

export type TowersConfig = z.infer<typeof towersSchema>;
export type TextEncoderConfig = z.infer<typeof textEncoderSchema>;
