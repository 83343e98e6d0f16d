import type { ResolvedIndexing } from '../../../src/config/indexing.js';
import { indexFields } from '../../../src/lexical/index-fields.js';
import type { Manifest } from '../../../src/search/manifest.js';
import { valueKinds } from './attribute-values.js';
import type { Json } from './cluster.js';
import { fieldName, gap } from './names.js';
import { textGap } from './token-texts.js';

export type FusionClasses = NonNullable<Manifest['fusionClasses']>;

/** What an index of a cluster says of itself, beside its documents. */
export interface IndexMeta {
  readonly format: number;
  /** version of Tandem that made it */
  readonly tandem: string;
  /** ISO 8601 */
  readonly created: string;
  readonly indexing: ResolvedIndexing;
  /** sha256 of the model whose embeddings are inside; null = tokens alone */
  readonly modelId: string | null;
  /** D */
  readonly width: number | null;
  /** whether all documents that it was made of are in it */
  readonly whole: boolean;
  /** rows whose id came again later in what it was made of */
  readonly duplicates: number;
  /** weights of the fusion by class of query, in place of `indexing.fusionWeight` */
  readonly fusionClasses?: FusionClasses;
  /** generations that its documents were copied from, in turn (copy-documents.ts); absent where they were not */
  readonly copied?: readonly CopyRound[];
  /** the writes to another generation that it has taken in, all of them up to this sum of sequence numbers */
  readonly seen?: { readonly from: string; readonly writes: number };
}

/** A time in which documents were copied from another generation. */
export interface CopyRound {
  /** when that generation was made, which tells it from all others */
  readonly from: string;
  /** from 1; higher than all before it of the same index */
  readonly round: number;
}

/** Of the layout of documents and the mapping; what has another one is refused. */
export const layoutFormat = 1;

export interface Layout {
  readonly shards: number;
  readonly replicas: number;
}

/**
 * Fields of a stored document:
 * `row` the document as JSON text; `e` its embedding, base64 of float32; both are kept and not searched.
 * `id`; `t.F` the terms of a searched field, `l.F` its length; `terms` all of them, each once; `lang` the chain that made them.
 * `w` words as it writes them behind their keys, `wk` the keys.
 * `p` paths of its attributes; their values behind their paths (attribute-values.ts): `k` texts, `n` numbers, `d` dates, `b` booleans, `s` what sorts it;
 * `g.PATH` places.
 * `o` the objects of lists, each like a document. `v` the embedding.
 */
export function indexBody({ indexing, ...meta }: IndexMeta, { shards, replicas }: Layout): Json {
  const { names } = indexFields(indexing);
  const { bm25, fieldWeights, attributeWeight } = indexing;
  const weightOf = (name: string): number => fieldWeights[name] ?? attributeWeight;
  const similarities = Object.fromEntries(
    // saturated as a term of this field alone is by BM25F
    names.map(name => [similarity(name), { type: 'BM25', k1: bm25.k1 / weightOf(name), b: bm25.b }]),
  );
  const texts = names.map((name): [string, Json] => [
    fieldName(name),
    { type: 'text', analyzer: 'given', position_increment_gap: textGap - 1, similarity: similarity(name), store: true },
  ]);
  const lengths = names.map((name): [string, Json] => [fieldName(name), { type: 'integer', index: false }]);
  return {
    settings: {
      index: {
        ...(meta.width !== null && { knn: true }),
        number_of_shards: shards,
        number_of_replicas: replicas,
        'mapping.nested_objects.limit': 10_000,
        // a pattern of 256 letters in each of their cases, behind a path
        max_regex_length: 4_000,
        similarity: similarities,
      },
      analysis: {
        tokenizer: { given: { type: 'whitespace', max_token_length: 1_048_576 } },
        filter: {
          stacked: { type: 'pattern_capture', preserve_original: false, patterns: ['([^|]+)'] },
          gaps: { type: 'stop', stopwords: [gap] },
        },
        analyzer: { given: { type: 'custom', tokenizer: 'given', filter: ['stacked', 'gaps'] } },
      },
    },
    mappings: {
      dynamic: false,
      _meta: { ...meta, indexing },
      _source: { includes: ['row', 'e'] },
      dynamic_templates: placeTemplates,
      properties: {
        row: { type: 'object', enabled: false },
        e: { type: 'object', enabled: false },
        id: { type: 'keyword' },
        t: { properties: Object.fromEntries(texts) },
        l: { properties: Object.fromEntries(lengths) },
        terms: { type: 'keyword' },
        lang: { type: 'keyword' },
        w: { type: 'keyword' },
        wk: { type: 'keyword', doc_values: false },
        ...valueFields,
        s: { type: 'keyword', index: false },
        o: { type: 'nested', dynamic: false, properties: { path: { type: 'keyword' }, ...valueFields } },
        ...(meta.width !== null && { v: vectorField(meta.width, indexing) }),
      },
    },
  };
}

const similarity = (field: string): string => `bm25_${fieldName(field)}`;

const vectorField = (dimension: number, { hnsw }: ResolvedIndexing): Json => ({
  type: 'knn_vector',
  dimension,
  method: {
    name: 'hnsw',
    engine: 'lucene',
    space_type: 'cosinesimil',
    parameters: { m: hnsw.m, ef_construction: hnsw.efConstruction },
  },
});

const valueFields: Json = {
  p: { type: 'keyword' },
  ...Object.fromEntries(valueKinds.map(kind => [kind, { type: 'keyword' }])),
  g: { type: 'object', dynamic: true },
};

/** Few attributes are places, so that these can have a field each. */
const placeTemplates = ['g', 'o.g'].map(
  (field): Json => ({ [field]: { path_match: `${field}.*`, mapping: { type: 'geo_point' } } }),
);
