import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { sealRecord } from './records.js';

/** LMDB refuses longer keys; 512 UTF-16 units, the limit of an id, are at most 1,536 bytes. */
export const documentKey = (id: string): Buffer => Buffer.from(id, 'utf8');

export const stateKey = 'state';
export const stateBytes = Buffer.from(stateKey, 'utf8');
export const dictionaryKey = 'dictionary';
/** What is stored of an index beside its documents, whole under its name: rules of synonyms, rules of curation. */
export type SettingName = 'synonyms' | 'rules';
export const sequenceKey = (sequence: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(sequence);
  return bytes;
};

export const sealJson = (at: Buffer, value: unknown): Buffer =>
  sealRecord(at, Buffer.from(JSON.stringify(value), 'utf8'));

export const sealEmbedding = (at: Buffer, { buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  sealRecord(at, new Uint8Array(buffer, byteOffset, byteLength));

/** One change of a commit: a document stored, with its embedding where it has one, or an id deleted. */
export type StoreChange =
  | { readonly put: DocumentRow /** float32 [D] */; readonly embedding?: Float32Array }
  | { readonly delete: string };

export interface EncodedChange {
  readonly id: string;
  readonly at: Buffer;
  /** record of the document; undefined = deleted */
  readonly document?: Buffer;
  readonly embedding?: Buffer;
}

export function encodeChange(change: StoreChange): EncodedChange {
  if ('delete' in change) return { id: change.delete, at: documentKey(change.delete) };
  const { put: document, embedding } = change;
  // UTF-8 has no form for half of a pair: two such ids would fall together
  if (/\p{Surrogate}/u.test(document.id)) {
    throw new TandemError('data/malformed-row', `id ${JSON.stringify(document.id)}: half of a surrogate pair`);
  }
  const at = documentKey(document.id);
  return {
    id: document.id,
    at,
    document: sealJson(at, document),
    embedding: embedding && sealEmbedding(at, embedding),
  };
}
