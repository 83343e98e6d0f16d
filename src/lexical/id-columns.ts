import type { IdColumn } from '../columns/id-column.js';
import { type BitSet, eachBit } from '../math/bit-set.js';
import type { DocumentIds } from './document-ids.js';

/** The ids of an immutable segment as a column; nothing is made before it is asked for. */
export const storedIdColumn = (ids: DocumentIds, documents: number): IdColumn => ({
  documents,
  find: id => ids.find(id),
  keywords: {
    count: documents,
    value: rank => ids.atRank(rank),
    ordinals: doc => [ids.rankOf[doc]],
    each: (docs: BitSet, visit) => eachBit(docs, doc => visit(ids.rankOf[doc], doc)),
  },
});

/** The same of the segment in memory. @param idOf  '' where the document was removed */
export function memoryIdColumn(
  documents: () => number,
  idOf: (doc: number) => string,
  find: (id: string) => number,
): IdColumn {
  let sorted: { byId: Uint32Array; ranks: Uint32Array } | undefined;
  const inOrder = (): { byId: Uint32Array; ranks: Uint32Array } => {
    const count = documents();
    if (sorted?.byId.length === count) return sorted;
    const byId = Uint32Array.from({ length: count }, (_, doc) => doc);
    byId.sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
    const ranks = new Uint32Array(count);
    byId.forEach((doc, rank) => {
      ranks[doc] = rank;
    });
    sorted = { byId, ranks };
    return sorted;
  };
  return {
    get documents() {
      return documents();
    },
    find: id => {
      const doc = find(id);
      return doc < 0 ? [] : [doc];
    },
    keywords: {
      get count() {
        return documents();
      },
      value: rank => idOf(inOrder().byId[rank]),
      ordinals: doc => [inOrder().ranks[doc]],
      each: (docs, visit) => eachBit(docs, doc => visit(inOrder().ranks[doc], doc)),
    },
  };
}
