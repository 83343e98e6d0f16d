import { createBitSet, fullBitSet, hasBit, setBit, unite } from '../math/bit-set.js';
import type { ColumnLookup } from './matching.js';
import type { KeywordColumn } from './segment-columns.js';
import { sortedTexts } from './sorted-texts.js';
import { markMatching } from './text-pattern.js';

/** The ids of a segment's documents, which it keeps anyway, as an attribute. */
export interface IdColumn {
  /** in the segment at present, removed ones too */
  readonly documents: number;
  /** Documents of an id. */
  find(id: string): Iterable<number>;
  /** the ids by their rank */
  readonly keywords: KeywordColumn;
}

/** Objects in lists have none. */
export const noIds = (count: () => number): IdColumn => ({
  get documents() {
    return count();
  },
  find: () => [],
  keywords: { ...sortedTexts(0, () => '', 0), ranks: () => new Uint32Array(0), ordinals: () => [], each: () => {} },
});

/** A look-up that answers for the id too, which is no column of its own. */
export function withIds(ids: IdColumn, columns: Omit<ColumnLookup, 'documents'>): ColumnLookup {
  return {
    ...columns,
    documents: ids.documents,
    addExisting: (field, bits) => {
      if (field === 'id') unite(bits, fullBitSet(ids.documents));
      else columns.addExisting(field, bits);
    },
    addLike: (field, patterns, bits) => {
      if (field !== 'id') return columns.addLike(field, patterns, bits);
      const marks = createBitSet(ids.documents);
      for (const pattern of patterns) markMatching(ids.keywords, pattern, marks);
      ids.keywords.each(fullBitSet(ids.documents), (rank, doc) => {
        if (hasBit(marks, rank)) setBit(bits, doc);
      });
    },
    addWords: (field, runs, chain, bits) => {
      if (field !== 'id') columns.addWords(field, runs, chain, bits);
    },
    addTerms: (field, terms, bits) => {
      if (field !== 'id') return columns.addTerms(field, terms, bits);
      for (const id of [...terms.strings, ...terms.numbers.map(String)])
        for (const doc of ids.find(id)) setBit(bits, doc);
    },
  };
}
