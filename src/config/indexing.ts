import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { longestLine, mostRules, parseSynonyms } from '../text/synonyms.js';
import { isTree } from './tree.js';

/** The rules are right, or told why not. */
function checkRules(rules: readonly string[], context: z.RefinementCtx): void {
  try {
    parseSynonyms(rules);
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}

const fusionWeight = z.number().min(0).max(1);
const attributeWeight = z.number().min(0);

const standardFields: Readonly<Record<string, number>> = { title: 1, description: 0.4 };
/** Measured; docs/results.md has the figures. */
const standardAttributeWeight = 0.2;

/** Fields that a person names are the ones that are searched. */
export function resolveAttributeWeight({
  attributeWeight: given,
  fieldWeights,
}: Pick<IndexingConfig, 'attributeWeight' | 'fieldWeights'>): number {
  if (given !== 'auto') return given;
  const named = Object.entries(fieldWeights);
  const isStandard =
    named.length === Object.keys(standardFields).length &&
    named.every(([field, weight]) => standardFields[field] === weight);
  return isStandard ? standardAttributeWeight : 0;
}

/** How documents are indexed and searched. */
const indexingObject = z.strictObject({
  language: z
    .string()
    .min(2)
    .max(35)
    .default('en')
    .describe(
      'language of documents that name none, and of queries whose words speak for no other; any BCP 47 tag, `und` = language-neutral analysis',
    ),
  bm25: z
    .strictObject({
      k1: z.number().min(0).max(10).default(0.4).describe('saturation of the term frequency; 1.2 in Lucene'),
      b: z.number().min(0).max(1).default(0.75).describe('how far the field length counts'),
    })
    .prefault({}),
  fieldWeights: z
    .record(z.string(), z.number().min(0))
    .default({ ...standardFields })
    .describe('weight of a field’s term frequency; a field may be the path of an attribute, `specs.color`'),
  attributeWeight: z
    .union([z.literal('auto'), attributeWeight])
    .default('auto')
    .describe(
      `the same for all short texts of the other attributes together, the field \`attributes\` (docs/searching.md); 0 = they are not searched; auto: ${standardAttributeWeight} beside the default \`fieldWeights\`, else 0`,
    ),
  sort: z
    .strictObject({
      field: z
        .string()
        .min(1)
        .max(256)
        .refine(field => field !== '_score', 'documents have no score before they are searched'),
      order: z.enum(['ascending', 'descending']),
    })
    .nullable()
    .default(null)
    .describe(
      'attribute `{field, order}` in whose order documents lie in their segments: a search sorted by it stops early; `null` = as they came',
    ),
  valueFields: z
    .array(z.string().min(1).max(256))
    .max(256)
    .default([])
    .describe(
      'searched fields whose texts are values too, as those of attributes are: `["title"]` to filter, sort, count and group by titles; some bytes a character on disk',
    ),
  synonyms: z
    .array(z.string().max(longestLine))
    .max(mostRules)
    .superRefine(checkRules)
    .default([])
    .describe('rules such as `tv, television` and `couch => sofa`, asked for by queries; docs/analysis.md'),
  spelling: z
    .boolean()
    .default(true)
    .describe('whether the token side mends queries by the words of the index: corrected, split and joined words'),
  proximity: z
    .boolean()
    .default(true)
    .describe(
      'whether the best hundred documents of the token side are rescored by how many words of the query they hold and how near',
    ),
  postingCacheMiB: z
    .int()
    .min(0)
    .max(65_536)
    .default(128)
    .describe('memory for unpacked posting lists at most, MiB; 10^6 titles fill about 60'),
  hnsw: z
    .strictObject({
      m: z.int().min(2).max(128).default(16).describe('links of a node of the HNSW graph'),
      efConstruction: z.int().min(8).max(2000).default(200).describe('breadth of the search while the graph is built'),
      ef: z.int().min(1).max(10_000).default(400).describe('breadth of the search while answering'),
    })
    .prefault({}),
  exactBelow: z.int().min(0).default(2_000).describe('below this many documents an exact scan answers vector queries'),
  candidates: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('candidates that each side gives to the fusion: what first pages are made of'),
  deeperCandidates: z
    .int()
    .min(1)
    .max(1_000)
    .default(1_000)
    .describe(
      'the same for deeper pages, asked for where more hits are wanted than the candidates give; also the breadth of the graph’s second walk. Beyond these it is 1,000',
    ),
  rankingDepth: z
    .int()
    .min(1)
    .max(1_000)
    .nullable()
    .default(null)
    .describe('hits that the ranker of the index orders anew at most; `null` = as many as it was trained for'),
  fusionWeight: z
    .union([z.literal('auto'), fusionWeight])
    .default('auto')
    .describe(
      'weight of the vector side in the convex combination; auto: found by `tandem index` on judged queries (`--queries --qrels`, or else those that the model was validated on), and where fewer than 10 are judged what is usual for such towers; docs/searching.md',
    ),
});

/** Models, indexes and files of people that were written before a setting had its present name are read all the same. */
const inPresentNames = (value: unknown): unknown => {
  if (!isTree(value) || !('closeness' in value) || 'proximity' in value) return value;
  const { closeness, ...rest } = value;
  return { ...rest, proximity: closeness };
};

export const indexingSchema = z.preprocess(inPresentNames, indexingObject).prefault({});
/** The same once an index was made: the weights are numbers. Indexes made before attributes were searched say nothing of them. */
export const resolvedIndexingSchema = z.preprocess(
  inPresentNames,
  indexingObject.extend({ fusionWeight, attributeWeight: attributeWeight.default(0) }),
);

export type IndexingConfig = z.infer<typeof indexingSchema>;
export type ResolvedIndexing = z.infer<typeof resolvedIndexingSchema>;
