import { isDeepStrictEqual } from 'node:util';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { DocumentEmbedder } from '../../../src/search/backend.js';
import type { IndexProblem } from '../../../src/search/check-index.js';
import { isZero } from '../../../src/vector/cosine.js';
import { type BulkChange, writeBulk } from './bulk.js';
import type { Json } from './cluster.js';
import { fieldNames } from './cluster-parts.js';
import { decodeEmbedding, decodeRow, documentEncoder, type StoredSource } from './encode-document.js';
import type { OpenGeneration } from './generations.js';
import { fieldName } from './names.js';
import type { FoundHit } from './reply.js';
import { scanHits } from './scan-documents.js';
import { searchedAlias } from './search-index.js';
import { presentChains } from './settings.js';

/** What a look at all documents of a generation found. */
export interface ClusterCheck {
  readonly documents: number;
  /** of them those that have no place among the vectors, because the model can read nothing in them */
  readonly nothingToEmbed: number;
  /** empty = every document is found by what it says */
  readonly problems: readonly IndexProblem[];
}

export interface CheckOptions {
  /** write anew what is wrong, where the document itself is whole */
  readonly repair: boolean;
  /** the model of the index; without it what lacks an embedding stays so */
  readonly embedder?: DocumentEmbedder;
  /** @param done  documents that were looked at */
  readonly onProgress?: (done: number) => void;
}

const lookedAtAtOnce = 200;
/** Ids named in a message; there may be millions. */
const named = 3;

/** What is kept of a document for filters, counts and look-ups beside the terms of its fields, as sets of values. */
const valueFields = ['terms', 'lang', 'w', 'p', 'k', 'n', 'd', 'b', 's'] as const;

/**
 * Compares what searches go by, in each document of a generation, with what is made of the document by the present analysis.
 * @returns what was found; what a repair wrote anew is among it
 * @throws TandemError 'index/model-mismatch' for another model | 'cluster/*'
 */
export async function checkGeneration(
  { cluster, names, meta }: OpenGeneration,
  { repair, embedder, onProgress }: CheckOptions,
): Promise<ClusterCheck> {
  if (embedder !== undefined && embedder.modelId !== meta.modelId)
    throw new TandemError(
      'index/model-mismatch',
      `${names.index}: it was made with another model than the one that is given`,
    );
  await cluster.ask('POST', `/${names.index}/_refresh`);
  const encode = documentEncoder(meta.indexing, await presentChains(cluster, names, meta));
  const fields = fieldNames(meta.indexing).map(fieldName);
  const wrong = { documents: [] as string[], tokens: [] as string[], vectors: [] as string[] };
  let [documents, nothingToEmbed, withVector] = [0, 0, 0];
  let lacking: FoundHit[] = [];

  const look = (hit: FoundHit): BulkChange | undefined => {
    const source = (hit._source ?? {}) as Partial<StoredSource>;
    const row = readRow(hit._id, source);
    if (row === undefined) {
      wrong.documents.push(hit._id);
      return undefined;
    }
    const embedding = source.e === undefined ? undefined : decodeEmbedding(source.e);
    const hasEmbedding = meta.width === null || embedding?.length === meta.width;
    const expected = encode(row, embedding);
    const isRead = sameTokens(fields, hit, expected);
    if (embedding !== undefined && isZero(embedding)) nothingToEmbed++;
    else if (hasEmbedding && embedding !== undefined) withVector++;
    if (!isRead) wrong.tokens.push(hit._id);
    if (!hasEmbedding) {
      wrong.vectors.push(hit._id);
      lacking.push(hit);
    }
    return isRead || !hasEmbedding ? undefined : { id: row.id, put: JSON.stringify(expected), if: versionOf(hit) };
  };

  const body = {
    size: lookedAtAtOnce,
    _source: ['row', 'e'],
    stored_fields: ['t.*'],
    docvalue_fields: ['l.*', ...valueFields],
    seq_no_primary_term: true,
  };
  for await (const hits of scanHits(cluster, names.index, body)) {
    lacking = [];
    const changes = hits.map(look).filter(change => change !== undefined);
    documents += hits.length;
    onProgress?.(documents);
    if (!repair) continue;
    const rows = lacking.map(hit => decodeRow(hit._id, hit._source as Partial<StoredSource>));
    const embeddings = rows.length > 0 ? await embedder?.embedDocuments(rows) : undefined;
    if (embedder !== undefined && embeddings !== undefined)
      rows.forEach((row, i) => {
        const own = embeddings.slice(i * embedder.width, (i + 1) * embedder.width);
        changes.push({ id: row.id, put: JSON.stringify(encode(row, own)), if: versionOf(lacking[i]) });
      });
    if (changes.length === 0) continue;
    const results = await writeBulk(cluster, names.writing, changes, { visible: true });
    const failed = results.find(result => result instanceof TandemError);
    if (failed !== undefined) throw failed;
  }
  const problems: IndexProblem[] = [
    ...problem('documents', wrong.documents, 'hold nothing that Tandem wrote', true),
    ...problem('tokens', wrong.tokens, 'are found by other words or values than they have'),
    ...problem('vectors', wrong.vectors, 'have no embedding of the model'),
  ];
  const found = await vectorsOf({ cluster, names, meta });
  if (found !== undefined && wrong.vectors.length === 0 && wrong.tokens.length === 0 && found !== withVector)
    problems.push({
      part: 'vectors',
      message: `${found} documents are among the vectors, and ${withVector} should be`,
    });
  return { documents, nothingToEmbed, problems };
}

const versionOf = ({ _seq_no = 0, _primary_term = 0 }: FoundHit) => ({
  if_seq_no: _seq_no,
  if_primary_term: _primary_term,
});

function readRow(id: string, source: Partial<StoredSource>) {
  try {
    return decodeRow(id, source);
  } catch {
    return undefined;
  }
}

function sameTokens(fields: readonly string[], { fields: held = {} }: FoundHit, expected: Json): boolean {
  const [texts, lengths] = [expected.t, expected.l] as [Record<string, readonly string[]>, Record<string, number>];
  const isSame = fields.every(
    name =>
      isDeepStrictEqual(held[`t.${name}`] ?? [], texts[name] ?? []) &&
      (held[`l.${name}`]?.[0] ?? 0) === (lengths[name] ?? 0),
  );
  return isSame && valueFields.every(name => isDeepStrictEqual(asSet(held[name]), asSet(expected[name])));
}

const asSet = (values: unknown): unknown[] =>
  [...new Set(Array.isArray(values) ? values : values === undefined ? [] : [values])].sort();

function problem(part: IndexProblem['part'], ids: readonly string[], what: string, lost?: true): IndexProblem[] {
  if (ids.length === 0) return [];
  const shown = ids.slice(0, named).map(id => JSON.stringify(id));
  const more = ids.length > named ? ` and ${ids.length - named} more` : '';
  return [{ part, message: `${shown.join(', ')}${more} ${what}`, ...(lost && { lost }) }];
}

/** Documents among the vectors; undefined without a model. */
async function vectorsOf({ cluster, names, meta }: OpenGeneration): Promise<number | undefined> {
  if (meta.width === null) return undefined;
  const query = { exists: { field: 'v' } };
  const [{ hits }] = await searchedAlias(cluster, names.index).search([{ size: 0, track_total_hits: true, query }]);
  return hits.total?.value ?? 0;
}
