import type { IdColumn } from '../columns/id-column.js';
import { sortedTexts } from '../columns/sorted-texts.js';
import { type BitSet, eachBit } from '../math/bit-set.js';
import type { DocumentIds } from './document-ids.js';

/** What reading an id takes, in units: in their order they lie apart. */
const idUnits = 64;

/** Ids stand in the order of their code units in all languages. */
const byUnits = (count: number) => (): Uint32Array => Uint32Array.from({ length: count }, (_, rank) => rank);

/** The ids of an immutable segment as a column; nothing is made before it is asked for. */
export const storedIdColumn = (ids: DocumentIds, documents: number): IdColumn => ({
  documents,
  find: id => ids.find(id),
  keywords: {
    ...sortedTexts(documents, rank => ids.atRank(rank), idUnits),
    ranks: byUnits(documents),
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
  let sorted: { ids: readonly string[]; ranks: Uint32Array } | undefined;
  const inOrder = (): { ids: readonly string[]; ranks: Uint32Array } => {
    const count = documents();
    if (sorted?.ranks.length === count) return sorted;
    const byId = Uint32Array.from({ length: count }, (_, doc) => doc);
    byId.sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
    const ranks = new Uint32Array(count);
    byId.forEach((doc, rank) => {
      ranks[doc] = rank;
    });
    // as they are now: a document that is removed later loses its id, and the rest would not be in order any more
    sorted = { ids: Array.from(byId, idOf), ranks };
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
    get keywords() {
      return {
        ...sortedTexts(documents(), rank => inOrder().ids[rank], idUnits),
        ranks: byUnits(documents()),
        ordinals: (doc: number) => [inOrder().ranks[doc]],
        each: (docs: BitSet, visit: (ordinal: number, doc: number) => void) =>
          eachBit(docs, doc => visit(inOrder().ranks[doc], doc)),
      };
    },
  };
}
