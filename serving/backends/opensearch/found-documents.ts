import type { DocumentRow } from '../../../src/config/rows.js';
import type { Cluster } from './cluster.js';
import { decodeEmbedding, decodeRow, type StoredSource } from './encode-document.js';
import { getMany } from './get-many.js';
import { fieldName } from './names.js';
import type { SearchPart } from './part.js';
import type { FoundHit } from './reply.js';
import { readTokenTexts, wantedTerms } from './token-texts.js';

/** What of a document a search asks the cluster for beside its id: the terms of its fields. */
export const tokenFields = { stored_fields: ['t.*'], docvalue_fields: ['l.*'] };

/** Documents as the cluster holds them now, by their ids. */
export interface StoredDocument {
  readonly row: DocumentRow;
  readonly embedding?: Float32Array;
  /** which writing of the document it is */
  readonly version: { readonly if_seq_no: number; readonly if_primary_term: number };
}

const atOnce = 500;

/**
 * @param alias  whose documents
 * @returns those that are there
 * @throws TandemError as getMany; 'index/documents-damaged'
 */
export async function readDocuments(
  cluster: Cluster,
  alias: string,
  ids: readonly string[],
  withEmbeddings = false,
): Promise<ReadonlyMap<string, StoredDocument>> {
  const found = new Map<string, StoredDocument>();
  for (let from = 0; from < ids.length; from += atOnce) {
    const docs = await getMany<Partial<StoredSource>>(cluster, alias, ids.slice(from, from + atOnce), {
      _source: withEmbeddings ? 'row,e' : 'row',
    });
    for (const { _id: id, found: isThere, _source: source, _seq_no, _primary_term } of docs) {
      if (!isThere || source === undefined) continue;
      found.set(id, {
        row: decodeRow(id, source),
        ...(source.e !== undefined && { embedding: decodeEmbedding(source.e) }),
        version: { if_seq_no: _seq_no, if_primary_term: _primary_term },
      });
    }
  }
  return found;
}

/** Takes what was found into the part, with the terms that the query asks about. @param withRows  with the attributes, which were asked for too */
export function takeFound({ tokens, lookups }: SearchPart, hits: readonly FoundHit[], withRows: boolean): void {
  const wanted = wantedTerms(lookups.known);
  const names = tokens.fields.map(field => ({ texts: `t.${fieldName(field)}`, length: `l.${fieldName(field)}` }));
  for (const { _id: id, fields = {}, _source: source } of hits) {
    if (tokens.has(id)) continue;
    const read = names.map(name => {
      const texts = (fields[name.texts] ?? []) as readonly string[];
      const [length = 0] = (fields[name.length] ?? []) as readonly number[];
      return readTokenTexts(texts, wanted, length);
    });
    const isRead = withRows && source?.row !== undefined;
    tokens.take(id, read, isRead ? decodeRow(id, source as Partial<StoredSource>) : undefined);
  }
}
