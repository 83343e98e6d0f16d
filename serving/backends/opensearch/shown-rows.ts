import type { DocumentRow } from '../../../src/config/rows.js';
import type { Cluster } from './cluster.js';
import { decodeRow, type StoredSource } from './encode-document.js';
import { readDocuments, type StoredDocument } from './found-documents.js';
import type { GenerationNames } from './names.js';
import type { FoundHit } from './reply.js';

/**
 * Decides whether the documents of all candidates are asked for with them, so that those that are shown need no round of their own: where they are
 * short, that costs less than the round.
 */
export interface RowSizes {
  readonly areShort: boolean;
  /** A document was so many characters long. */
  note(characters: number): void;
}

/** Characters of a document, up to which some hundreds of them are read sooner than a few in a round of their own. */
const shortRow = 400;
/** Share of a document in the mean. */
const share = 0.05;

export function rowSizes(): RowSizes {
  let mean: number | undefined;
  return {
    get areShort() {
      return mean !== undefined && mean <= shortRow;
    },
    note: characters => {
      mean = mean === undefined ? characters : mean + share * (characters - mean);
    },
  };
}

/** Documents as texts, as they came with the candidates of a search. */
export interface FoundRows {
  note(hits: readonly FoundHit[]): void;
  /** undefined where it did not come */
  text(id: string): string | undefined;
}

export function foundRows(): FoundRows {
  const texts = new Map<string, string>();
  return {
    note: hits => {
      for (const { _id: id, _source } of hits) {
        const { row } = (_source ?? {}) as Partial<StoredSource>;
        if (row !== undefined) texts.set(id, row);
      }
    },
    text: id => texts.get(id),
  };
}

/** An index whose documents are shown. */
export interface ShownIndex {
  readonly cluster: Cluster;
  readonly names: Pick<GenerationNames, 'index'>;
  readonly sizes: RowSizes;
}

/** What of a document a page shows. */
export type ShownDocument = Pick<StoredDocument, 'row' | 'embedding'>;

/**
 * The documents of a page: those that came with the candidates as they were found, the others as they are now.
 * @param withEmbeddings  all of them as they are now
 * @returns those that are there
 */
export async function readShown(
  { cluster, names, sizes }: ShownIndex,
  rows: FoundRows,
  ids: readonly string[],
  withEmbeddings: boolean,
): Promise<ReadonlyMap<string, ShownDocument>> {
  if (withEmbeddings) return readDocuments(cluster, names.index, ids, true);
  const shown = new Map<string, ShownDocument>();
  const unread: string[] = [];
  for (const id of ids) {
    const row = rows.text(id);
    if (row === undefined) unread.push(id);
    else {
      sizes.note(row.length);
      shown.set(id, { row: decodeRow(id, { row }) });
    }
  }
  for (const [id, { row }] of await readDocuments(cluster, names.index, unread)) {
    sizes.note(lengthOf(row));
    shown.set(id, { row });
  }
  return shown;
}

const lengthOf = (row: DocumentRow): number => JSON.stringify(row).length;
