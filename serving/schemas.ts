import { z } from 'zod';
import { idSchema } from '../src/config/id.js';
import { documentRowSchema } from '../src/config/rows.js';
import { ruleActions } from '../src/curation/rule.js';
import { text } from '../src/query/check-value.js';
import { filterSchema } from '../src/query/filter-schema.js';
import { mostDeletable, usuallyDeletable } from '../src/search/delete-matching.js';
import {
  countryField,
  languageField,
  mostHits,
  queryText,
  searchFields,
  searchModes,
  usualHits,
} from '../src/search/request.js';
import { longestLine, mostRules } from '../src/text/synonyms.js';

/** Shapes of the HTTP interface; /docs is written from them. */

/** What `POST /explain` takes: a document, and what of a search decides scores; mode `token` asks for nothing of the vectors. */
export const explainBody = searchFields
  .pick({
    text: true,
    country: true,
    language: true,
    mode: true,
    syntax: true,
    query: true,
    functions: true,
    fieldWeights: true,
    spelling: true,
    rules: true,
  })
  .extend({ id: text(512).describe('of the document') });

const appliedRule = z.object({
  id: z.string(),
  actions: z.array(z.enum(ruleActions)).describe('that had something to do'),
  cosine: z.number().optional().describe('of the nearest example, where it holds for its nearness'),
  text: z.string().optional().describe('what was searched for in place of the text'),
});

interface Explained {
  value: number;
  description: string;
  details: Explained[];
}
export const explainReply: z.ZodType<Explained> = z
  .object({
    value: z.number(),
    description: z.string(),
    get details() {
      return z.array(explainReply);
    },
  })
  .meta({ id: 'Explanation' });

const wordShares = z.array(
  z.object({ word: z.string(), adds: z.number().describe('the cosine less what it is without the word') }),
);

/** What `POST /explain` answers. */
export const hitExplainReply = z.object({
  value: z.number(),
  description: z.string(),
  details: z.array(explainReply),
  vector: z
    .object({
      cosine: z.number(),
      channels: z.record(z.string(), z.number()).optional(),
      query: wordShares,
      document: z.record(z.string(), wordShares).optional().describe('by field'),
    })
    .optional()
    .describe('why its embedding is as near as it is'),
  rules: z.array(appliedRule).optional().describe('rules of curation that concern it'),
});

export const nextBody = z.strictObject({
  cursor: z.string().min(1).max(64).describe('of the page before'),
  k: z.int().min(1).max(mostHits).default(usualHits).describe('hits wanted'),
});

const hit = z.object({
  id: z.string(),
  score: z.number(),
  document: z.looseObject({ id: z.string(), title: z.string() }),
  parts: z
    .object({
      token: z.number().optional(),
      vector: z.number().optional(),
      tokenRank: z.int().optional(),
      vectorRank: z.int().optional(),
      channels: z.record(z.string(), z.number()).optional(),
      ranker: z
        .object({
          base: z.number(),
          features: z.array(z.object({ feature: z.string(), value: z.number().nullable(), adds: z.number() })),
          chance: z.number().optional(),
        })
        .optional()
        .describe('what each feature added to the score, for the first 20 hits that a ranker ordered'),
      deep: z.number().optional().describe('what the network behind the ranker added to that'),
      rules: z
        .array(
          z.object({
            id: z.string(),
            action: z.enum(['pin', 'boost', 'bury']),
            position: z.int().optional(),
            by: z.number().optional(),
          }),
        )
        .optional()
        .describe('what rules of curation did to the hit'),
    })
    .optional(),
  group: z
    .object({
      value: z.union([z.string(), z.number(), z.boolean()]),
      count: z.int().optional().describe('documents of the group that the token side matches'),
    })
    .optional()
    .describe('what `groupBy` grouped it by'),
  highlights: z
    .array(
      z.object({
        field: z.string(),
        fragments: z.array(
          z.object({
            text: z.string(),
            spans: z.array(z.tuple([z.int(), z.int()])).describe('what matches, as offsets in the text'),
          }),
        ),
      }),
    )
    .optional(),
});

const facet = z.object({
  field: z.string(),
  values: z.array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int() })).optional(),
  ranges: z.array(z.object({ from: z.number().optional(), to: z.number().optional(), count: z.int() })).optional(),
  documents: z.int().describe('that have the attribute'),
  stats: z
    .object({ min: z.number(), max: z.number() })
    .optional()
    .describe('the least and the greatest number, where `stats` asked for them'),
});
const cursor = z.string().optional().describe('asks POST /search/next for the page behind; absent on the last one');

const partial = z
  .array(z.string())
  .optional()
  .describe(
    'documents left out, or ranked without their embedding, because they are altered on disk; absent where none was met',
  );

export const nextReply = z.object({ hits: z.array(hit), cursor, partial });

export const searchReply = z.object({
  hits: z.array(hit),
  mode: z.enum(searchModes),
  total: z.int().optional(),
  facets: z.array(facet).optional(),
  cursor,
  queryId: z.string().optional().describe('names the answer in events, where `queryId` asked for it'),
  partial,
  took: z.record(z.string(), z.number()).describe('milliseconds by stage'),
  rules: z.array(appliedRule).optional().describe('rules of curation that held, in their order'),
  redirect: z.string().optional().describe('where such a rule sends the person'),
  suggestion: z.string().optional().describe('the query as it may have been meant'),
  warnings: z
    .array(z.string())
    .optional()
    .describe(
      'fields that no document has, with the nearest that some have; a text that the model can read nothing in; a network behind the ranker that was late',
    ),
});

export const suggestQueryString = z.strictObject({
  text: queryText,
  language: languageField,
  k: z.coerce.number().pipe(z.int().min(1).max(50)).default(10).describe('completions wanted'),
});

export const suggestReply = z.object({
  completions: z.array(
    z.object({
      text: z.string(),
      kind: z.enum(['word', 'title']).describe('word: the last word is completed; title: a document is called so'),
      id: z.string().optional().describe('document of a title'),
    }),
  ),
});

export const embedBody = z.strictObject({ text: queryText, country: countryField, language: languageField });

export const embedReply = z.object({
  modelId: z.string(),
  width: z.int(),
  embedding: z
    .array(z.number())
    .nullable()
    .describe('L2-normalised; null where the model can read nothing in the text'),
  channels: z.record(z.string(), z.number()).describe('fusion weight of each channel'),
});

export const documentParams = z.object({ id: text(512) });
/** A document without its id, or with that of the address; attributes that are not named here are kept as they are. */
export const documentBody = documentRowSchema.extend({ id: idSchema.optional() });
/** A JSON merge patch (RFC 7396); an id is that of the address. What comes of it is checked as a document. */
export const patchBody = z
  .looseObject({ id: idSchema.optional() })
  .describe('fields that stand in place of those of the document, merged inside objects; null removes one');
/** Of a write; an index on this machine gives numbers that rise, a cluster what it likes. */
const receipt = z.union([z.int(), z.string()]).describe('receipt: the number of the commit that holds it');
export const writtenReply = z.object({
  id: z.string(),
  sequence: receipt,
});
export const deletedReply = writtenReply.extend({ found: z.boolean().describe('whether it was there') });
export const documentReply = z.looseObject({ id: z.string(), title: z.string() });

/** UTF-16 units of the normal form of a text whose analysis is shown: every step of it is, token by token. */
const longestNormalForm = 16_384;

export const analyzeBody = z.strictObject({
  text: queryText
    .refine(value => value.normalize('NFKC').length <= longestNormalForm, {
      error: `its normal form has more than ${longestNormalForm} UTF-16 units`,
    })
    .describe('what is analysed; a longer text piece by piece'),
  language: languageField,
});

const place = z.object({ start: z.int(), end: z.int() });
const span = { term: z.string(), ...place.shape };
const token = z.object({
  ...span,
  position: z.int(),
  stop: z.literal(true).optional().describe('a stop word: it finds documents only where the text has no other words'),
  parts: z.array(z.object(span)).optional(),
  variants: z.array(z.object({ term: z.string(), share: z.number(), piece: place.optional() })).optional(),
});

export const analyzeReply = z.object({
  language: z.string(),
  steps: z.array(z.object({ name: z.string(), tokens: z.array(token) })),
});

const dictionaryWord = z.strictObject({
  text: text(64).describe('the word as people write it'),
  term: text(255).optional().describe('the term that it becomes; its own text in normal form when absent'),
});
export const dictionaryBody = z.strictObject({ words: z.array(dictionaryWord).max(100_000) });
export const synonymsBody = z.strictObject({
  rules: z
    .array(z.string().max(longestLine))
    .max(mostRules)
    .describe('in Solr’s format: `tv, television` stand for each other, `couch => sofa` asks for the right alone'),
});
export const synonymsReply = z.object({ rules: z.array(z.string()) });
export const synonymsChangedReply = z.object({ sequence: receipt });

export const rulesReply = z.object({ rules: z.array(z.looseObject({ id: z.string() })) });
export const rulesChangedReply = z.object({
  sequence: receipt,
  unknown: z
    .array(z.object({ rule: z.string(), ids: z.array(z.string()) }))
    .describe('ids that rules name and that are no documents now; 100 at most. The rules are taken all the same'),
});

export const deleteMatchingBody = z.strictObject({
  filter: filterSchema.refine(clauses => clauses.length > 0, { error: 'it has no clause, so it names no document' }),
  most: z
    .int()
    .min(1)
    .max(mostDeletable)
    .default(usuallyDeletable)
    .describe('where more documents meet the filter, none is deleted'),
  dryRun: z.boolean().default(false).describe('count them and delete none'),
});
export const deletionReply = z.object({
  matched: z.int().describe('documents that meet the filter'),
  deleted: z.int(),
  sequence: receipt.optional().describe('absent of a dry run'),
});

export const dictionaryReply = z.object({ words: z.array(dictionaryWord) });
export const dictionaryChangedReply = z.object({
  sequence: receipt,
  documents: z.int().describe('documents whose terms it changed'),
});

export const liveReply = z.object({ live: z.literal(true) });

export const readyReply = z.object({
  ready: z.literal(true),
  documents: z.int(),
  modelId: z.string().nullable(),
  redis: z
    .enum(['there', 'away'])
    .optional()
    .describe('the Redis that servers share; while it is away each counts requests alone'),
});

export const errorReply = z.object({
  code: z.string().describe('one of docs/errors.md'),
  message: z.string(),
  remedy: z.string().describe('what to do about it'),
  details: z.record(z.string(), z.unknown()),
});

/** The error replies that every route may give. */
export const errorReplies = { '4xx': errorReply, '5xx': errorReply } as const;

export const snapshotBody = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: 'expected letters, digits, ., _ and -, at most 100' })
    .describe('of its folder'),
});
const taking = z.object({
  name: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  text: z.string(),
  share: z.number().optional(),
});
export const takingReply = z.object({ taking });
export const snapshotsReply = z.object({
  snapshots: z.array(
    z.object({
      name: z.string(),
      created: z.string(),
      sequence: z.int().describe('last commit inside'),
      bytes: z.int(),
    }),
  ),
  taking: taking.optional().describe('the last one that was begun since the service was started'),
});

const generationNumber = z.int().min(0);
export const generationParams = z.object({ number: z.coerce.number().pipe(generationNumber) });
const generation = z.object({
  number: generationNumber,
  modelId: z.string().nullable(),
  width: z.int().nullable(),
  created: z.string(),
  fusionWeight: z.number(),
  active: z.boolean().describe('whether searches use it'),
  previous: z.boolean().describe('whether searches used it before'),
  ready: z.boolean().describe('whether it can be switched to'),
  embedded: z.int(),
  documents: z.int(),
  behind: z.int().describe('writes that it has not taken in yet'),
});
const addition = z.object({
  model: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  text: z.string(),
  share: z.number().optional().describe('of the present step, 0 to 1'),
});
export const generationsReply = z.object({ generations: z.array(generation), addition: addition.optional() });
export const addGenerationBody = z.strictObject({
  model: z.string().min(1).max(4_096).describe('folder of the model, on the machine of the service'),
});
export const additionReply = z.object({ addition });
export const switchedReply = z.object({ generation: generationNumber, before: generationNumber });
export const droppedReply = z.object({ generation: generationNumber });
export const compareGenerationsBody = z.strictObject({
  queries: z
    .array(z.strictObject({ id: idSchema, text: queryText, country: countryField, language: languageField }))
    .min(1)
    .max(10_000),
  qrels: z
    .record(z.string(), z.record(z.string(), z.int()))
    .optional()
    .describe('query id -> document id -> gain: figures of both are told then'),
});
export const comparedReply = z.looseObject({
  first: generationNumber,
  second: generationNumber,
  queries: z.int(),
  overlap: z.number().describe('part of the first ten hits that both have'),
});
