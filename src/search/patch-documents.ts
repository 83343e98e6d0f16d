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

/** What of the documents may be seen and written, by a filter. */
export interface WriteLimits {
  /** whether there is a document of this id that does not pass */
  isForeign(id: string): boolean;
  /** whether a document passes */
  holds(document: DocumentRow): boolean;
}

const outside = (id: string): TandemError =>
  new TandemError('key/outside-filter', `"${id}" would not pass the filter of the key`, { id });

/**
 * Makes whole documents of patches, one after the other: each sees what those before it did.
 * @param read   the document of an id as it is stored now
 * @param limits what whoever makes the changes may see and write; all when absent
 * @returns for each change what it comes to, `undefined` where it comes to nothing, or why it cannot be: 'request/not-found' for an id that is not there,
 *   'data/malformed-row' | 'text/bad-language' for what would be no document, 'key/*' for what lies outside of the limits
 */
export function resolvePatches(
  changes: readonly DocumentChange[],
  read: (id: string) => DocumentRow | undefined,
  limits?: WriteLimits,
): (WholeChange | TandemError | undefined)[] {
  const present = new Map<string, DocumentRow | undefined>();
  /** what was written by one of these changes lies inside of the limits */
  const isForeign = (id: string): boolean => limits !== undefined && !present.has(id) && limits.isForeign(id);
  return changes.map(change => {
    if ('delete' in change) {
      if (isForeign(change.delete)) return undefined;
      present.set(change.delete, undefined);
      return change;
    }
    if ('put' in change) {
      const { id } = change.put;
      if (isForeign(id))
        return new TandemError('key/id-taken', `"${id}" is the id of a document that this key does not see`, { id });
      if (!(limits?.holds(change.put) ?? true)) return outside(id);
      present.set(id, change.put);
      return change;
    }
    const { id } = change.patch;
    const before = present.has(id) ? present.get(id) : isForeign(id) ? undefined : read(id);
    if (before === undefined) return new TandemError('request/not-found', `no document "${id}"`, { id });
    try {
      const put = checkDocument(mergePatch(before, change.patch));
      if (!(limits?.holds(put) ?? true)) return outside(id);
      present.set(id, put);
      return { put };
    } catch (error) {
      if (error instanceof TandemError) return error;
      throw error;
    }
  });
}
