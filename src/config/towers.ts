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
  'text',
  'country',
  'image',
] as const;

export type QueryChannel = (typeof queryChannels)[number];
export type DocumentChannel = z.infer<typeof documentChannel>;

const attributePrefix = 'attribute.';

/** `attribute.price` -> `price`. @returns the field that a document channel reads, or undefined for a channel of another kind */
export const attributeOf = (channel: string): string | undefined =>
  channel.startsWith(attributePrefix) ? channel.slice(attributePrefix.length) : undefined;

/** An input of the document tower: one of those above, or `attribute.NAME` for a field of the document rows. */
export const documentChannel = z.union(
  [z.enum(documentChannels), z.templateLiteral([attributePrefix, z.string().min(1)]).meta({ title: 'attribute.NAME' })],
  {
    error: ({ input }) =>
      `no channel ${JSON.stringify(input)}; there are ${documentChannels.join(', ')} and attribute.NAME for a field NAME of the documents`,
  },
);

const isText = (channel: QueryChannel | DocumentChannel): boolean =>
  channel === 'text' || channel === 'title' || channel === 'description';

const unique = <T>(items: readonly T[]): boolean => new Set(items).size === items.length;

/** Shape of the towers: which channels, how wide. Defaults: the bag preset (docs/results.md says how it was chosen). */
export const towersSchema = z
  .strictObject({
    embeddingWidth: z.int().min(8).max(4096).default(512).describe('D, width of an embedding'),
    tableWidth: z.int().min(8).max(4096).default(256).describe('columns of the trigram and word tables'),
    trigramBuckets: z
      .int()
      .min(64)
      .max(2 ** 24)
      .default(2 ** 16)
      .describe('rows of the trigram table, shared by both towers'),
    wordBuckets: z
      .int()
      .min(64)
      .max(2 ** 24)
      .default(2 ** 16)
      .describe('rows of the word table, shared by both towers'),
    language: z
      .string()
      .min(2)
      .max(35)
      .default('en')
      .describe(
        'language that the words of the trigram and word channels are analysed in, as those of the token index; any BCP 47 tag, `und` = language-neutral analysis',
      ),
    attributeBuckets: z
      .int()
      .min(64)
      .max(2 ** 24)
      .default(2 ** 14)
      .describe('rows of the table that the channels `attribute.NAME` share'),
    image: z
      .strictObject({
        limit: z.int().min(1).max(64).default(4).describe('images of a document that are looked at, the first ones'),
        hidden: z.int().min(8).max(4096).default(256).describe('width of the hidden layers of the channel `image`'),
      })
      .prefault({}),
    featureDropout: z
      .number()
      .min(0)
      .lt(1)
      .default(0.2)
      .describe('chance that a trigram, word, token, image or value of an attribute is left out while training'),
    fusion: z
      .enum(['attention', 'concat', 'none'])
      .default('attention')
      .describe(
        'attention: softmax over the channels present (Que2Search, 3.2); concat: concatenation and an MLP, for ablation; none: each tower has one text channel, whose vector is the embedding',
      ),
    query: z
      .array(z.enum(queryChannels))
      .min(1)
      .refine(unique, 'a channel may stand once')
      .default(['trigram', 'word'])
      .describe('channels of the query tower'),
    document: z
      .array(documentChannel)
      .min(1)
      .refine(unique, 'a channel may stand once')
      .default(['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord'])
      .describe('channels of the document tower; those that no document has a value for are left out'),
    documentText: z
      .string()
      .max(1024)
      .regex(/\{[^{}]+\}/, 'expected at least one {field}')
      .default('{title} {description}')
      .describe(
        'what the channel `text` of the document tower reads: fields of a document in braces; what stands between two of them is left out with a field that is not there',
      ),
  })
  .refine(
    ({ fusion, query, document }) =>
      fusion !== 'none' || [query, document].every(([first, ...more]) => more.length === 0 && isText(first)),
    {
      path: ['fusion'],
      error: 'none needs one text channel in each tower: `text`, and `text`, `title` or `description`',
    },
  )
  .prefault({});

/** Longest document text in tokens where nothing else is said. */
const defaultDocumentTokens = 64;

/** The transformer text encoder of the channels `text` (query) and `title`, `description`, `text` (document, shared). */
export const textEncoderSchema = z
  .strictObject({
    import: z
      .string()
      .min(1)
      .optional()
      .describe(
        'folder that `tandem import-encoder` or `tandem pretrain` wrote: its weights and vocabulary are trained on, and its shape takes the place of width, heads, feedForward, layers, pooling, activation, embeddingNorm, epsilon, lowerCase, the prefixes and what of them is not pooled',
      ),
    shared: z.boolean().default(false).describe('one encoder for both towers; otherwise each tower has its own'),
    vocabularySize: z
      .int()
      .min(64)
      .max(500_000)
      .default(16_000)
      .describe('pieces of the Unigram vocabulary that is trained on the corpus'),
    width: z.int().min(8).max(2048).default(128).describe('width of the hidden states'),
    heads: z.int().min(1).max(64).default(4).describe('attention heads'),
    feedForward: z.number().min(1).max(8).default(3).describe('feed-forward width = this times width; 3 in Que2Search'),
    queryLayers: z.int().min(1).max(24).default(1).describe('layers of the query encoder'),
    documentLayers: z
      .int()
      .min(1)
      .max(24)
      .default(1)
      .describe('layers of the encoder that title and description share'),
    dropout: z.number().min(0).lt(1).default(0.1),
    tokenDropout: z
      .number()
      .min(0)
      .lt(1)
      .optional()
      .describe('chance that a token is left out while training; towers.featureDropout when absent'),
    activation: z
      .enum(['gelu', 'geluTanh', 'relu'])
      .default('gelu')
      .describe('of the feed-forward part; geluTanh = its approximation by tanh'),
    embeddingNorm: z
      .boolean()
      .default(false)
      .describe('layer norm over the sum of token and position embeddings, as in BERT'),
    epsilon: z.number().positive().max(0.1).default(1e-5).describe('added to the variance in a layer norm'),
    queryPrefix: z.string().max(256).default('').describe('written before every query, as some encoders were trained'),
    documentPrefix: z.string().max(256).default('').describe('written before every document field'),
    pooling: z.enum(['mean', 'cls']).default('mean').describe('mean over the tokens, or the first token'),
    lowerCase: z.boolean().default(false).describe('texts are put in lower case before they are cut into tokens'),
    unpooledQueryTokens: z
      .int()
      .min(0)
      .max(512)
      .default(0)
      .describe('first tokens of a query that the mean leaves out: its prefix, for encoders that were trained so'),
    unpooledDocumentTokens: z.int().min(0).max(512).default(0).describe('the same of a document field'),
    maxQueryTokens: z
      .int()
      .min(2)
      .max(8192)
      .optional()
      .describe(
        'longest query in tokens; when absent, p99 of the training queries, for an encoder as it is maxDocumentTokens',
      ),
    maxDocumentTokens: z
      .int()
      .min(2)
      .max(8192)
      .optional()
      .describe(
        `longest document field in tokens; when absent ${defaultDocumentTokens}, for an encoder as it is the length that it was made for, at most 512`,
      ),
  })
  .prefault({});

export type TowersConfig = z.infer<typeof towersSchema>;
export type TextEncoderConfig = z.infer<typeof textEncoderSchema>;

/** Longest document field in tokens. */
export const documentTokens = ({ maxDocumentTokens = defaultDocumentTokens }: TextEncoderConfig): number =>
  maxDocumentTokens;
