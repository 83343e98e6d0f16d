import { flattenDocument, textPaths } from '../../../src/columns/attributes.js';
import { flattenObjects } from '../../../src/columns/objects.js';
import type { ResolvedIndexing } from '../../../src/config/indexing.js';
import type { DocumentRow } from '../../../src/config/rows.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { AnalysisChains } from '../../../src/lexical/analysis-chains.js';
import { documentReader } from '../../../src/lexical/document-reader.js';
import { indexFields } from '../../../src/lexical/index-fields.js';
import { TermNumbers } from '../../../src/lexical/term-numbers.js';
import { finish } from '../../../src/math/finish.js';
import { isZero } from '../../../src/vector/cosine.js';
import { sortValues, valueEnd, writtenValues } from './attribute-values.js';
import type { Json } from './cluster.js';
import { fieldName } from './names.js';
import { tokenTexts } from './token-texts.js';
import { unsupported } from './unsupported.js';

/** A document as a cluster keeps it, see mapping.ts. */
export type EncodeDocument = (row: DocumentRow, embedding?: Float32Array) => Json;

/** Bytes of an id that a cluster takes. */
const longestIdBytes = 512;

/** @throws TandemError 'text/bad-language' | 'cluster/unsupported' */
export function documentEncoder(indexing: ResolvedIndexing, chains: AnalysisChains): EncodeDocument {
  const fields = indexFields(indexing);
  const reader = documentReader(fields, chains);
  const texts = textPaths(fields.own, indexing.valueFields);
  let numbers = new TermNumbers();
  return (row, embedding) => {
    if (Buffer.byteLength(row.id) > longestIdBytes)
      throw unsupported(`an id of more than ${longestIdBytes} bytes: ${row.id.slice(0, 60)}…`);
    if (numbers.isFull) numbers = new TermNumbers();
    const document = finish(reader.read(row, numbers));
    const { fields: found, words } = document;
    if (found.length > fields.names.length)
      throw unsupported(`given tokens of less than full weight (document ${JSON.stringify(row.id)})`);
    const named = fields.names.map((name, field) => {
      const { terms, positions, length } = found[field];
      const named = Array.from(terms.used, number => numbers.term(number));
      return { name: fieldName(name), terms: named, positions: positions.used.slice(), length };
    });
    const held = named.filter(({ length }) => length > 0);
    const written = [...new Set(words.used)].map(word => numbers.wordForm(word));
    reader.giveBack(document);
    const attributes = flattenDocument(row, texts);
    const objects = flattenObjects(row, texts);
    return {
      row: JSON.stringify(row),
      id: row.id,
      t: Object.fromEntries(held.map(({ name, terms, positions }) => [name, tokenTexts(terms, positions)])),
      l: Object.fromEntries(held.map(({ name, length }) => [name, length])),
      terms: [...new Set(held.flatMap(({ terms }) => terms))],
      lang: chains.analyzer(row.language).language,
      w: [...new Set(written.flatMap(({ form, keys }) => keys.map(key => key + valueEnd + form)))],
      wk: [...new Set(written.flatMap(({ keys }) => keys))],
      ...writtenValues(attributes),
      s: sortValues(attributes),
      ...(objects.length > 0 && { o: objects.map(({ path, attributes: own }) => ({ path, ...writtenValues(own) })) }),
      ...(embedding !== undefined && { e: encodeEmbedding(embedding) }),
      ...(embedding !== undefined && !isZero(embedding) && { v: Array.from(embedding, shortest) }),
    };
  };
}

/** The shortest decimal that is the same float32: a quarter of what its double is written in. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

export const encodeEmbedding = (embedding: Float32Array): string =>
  Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString('base64');

export function decodeEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** What a cluster gives back of a document. */
export interface StoredSource {
  readonly row: string;
  readonly e?: string;
}

/** @throws TandemError 'index/documents-damaged' for a document that something else put there */
export function decodeRow(id: string, source: Partial<StoredSource>): DocumentRow {
  try {
    const row: DocumentRow = JSON.parse(source.row ?? '');
    if (row.id === id) return row;
  } catch {
    // told below
  }
  throw new TandemError(
    'index/documents-damaged',
    `document ${JSON.stringify(id)}: what the cluster holds of it was not written by Tandem`,
  );
}
