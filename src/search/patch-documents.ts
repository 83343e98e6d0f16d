import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { checkDocument, type DocumentPatch } from './check-document.js';
import { mergePatch } from './merge-patch.js';

/** One change of the documents: one stored, in place of an older one of its id; some fields of one changed (RFC 7396); or an id deleted. */
export type DocumentChange =
  | { readonly put: DocumentRow }
  | { readonly patch: DocumentPatch }
  | { readonly delete: string };

/** A change that says all of the document. */
export type WholeChange = Exclude<DocumentChange, { readonly patch: unknown }>;

/**
 * Makes whole documents of patches, one after the other: each sees what those before it did.
 * @param read  the document of an id as it is stored now
 * @returns for each change what it comes to, or why it cannot be: 'request/not-found' for an id that is not there, 'data/malformed-row' |
 *   'text/bad-language' for what would be no document
 */
export function resolvePatches(
  changes: readonly DocumentChange[],
  read: (id: string) => DocumentRow | undefined,
): (WholeChange | TandemError)[] {
  const present = new Map<string, DocumentRow | undefined>();
  return changes.map(change => {
    if ('delete' in change) {
      present.set(change.delete, undefined);
      return change;
    }
    if ('put' in change) {
      present.set(change.put.id, change.put);
      return change;
    }
    const { id } = change.patch;
    const before = present.has(id) ? present.get(id) : read(id);
    if (before === undefined) return new TandemError('request/not-found', `no document "${id}"`, { id });
    try {
      const put = checkDocument(mergePatch(before, change.patch));
      present.set(id, put);
      return { put };
    } catch (error) {
      if (error instanceof TandemError) return error;
      throw error;
    }
  });
}
