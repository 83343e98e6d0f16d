import type { DocumentRow } from '../../../src/config/rows.js';
import { createBitSet, setBit } from '../../../src/lexical/bit-set.js';
import type { AttributeSource } from '../../../src/lexical/tree/attributes.js';
import type { FilterClause } from '../../../src/query/filter.js';
import type { SortKey } from '../../../src/query/query.js';

export type Documents = ReadonlyMap<string, DocumentRow>;

const valuesOf = (document: DocumentRow | undefined, field: string): unknown[] => {
  const value = document?.[field];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
};
export const numbersOf = (document: DocumentRow | undefined, field: string): number[] =>
  valuesOf(document, field)
    .filter(value => typeof value === 'number')
    .sort((a, b) => a - b);
export const stringsOf = (document: DocumentRow | undefined, field: string): string[] =>
  valuesOf(document, field)
    .filter(value => typeof value === 'string')
    .sort();

/** Conditions asked of the document itself: terms, range and exists, any and not. */
export function meets(clause: FilterClause, document: DocumentRow | undefined): boolean {
  if ('terms' in clause) {
    return valuesOf(document, clause.terms.field).some(value => clause.terms.values.some(wanted => wanted === value));
  }
  if ('range' in clause) {
    const { field, min = -Infinity, max = Infinity } = clause.range;
    return numbersOf(document, field).some(value => value >= Number(min) && value <= Number(max));
  }
  if ('exists' in clause) return valuesOf(document, clause.exists.field).length > 0;
  if ('any' in clause) return clause.any.some(each => meets(each, document));
  if ('not' in clause) return !meets(clause.not, document);
  throw new Error('not in these tests');
}

/** The attributes of documents, read from the documents themselves each time. */
export function naiveAttributes(documents: Documents, sortedBy?: SortKey): AttributeSource {
  return {
    of: segment => {
      const at = (doc: number): DocumentRow | undefined => documents.get(segment.idOf(doc));
      const all = Array.from({ length: segment.documentCount }, (_, doc) => doc);
      return {
        matching: clause => {
          const bits = createBitSet(segment.documentCount);
          for (const doc of all) if (meets(clause, at(doc))) setBit(bits, doc);
          return bits;
        },
        numbers: field => {
          if (!all.some(doc => numbersOf(at(doc), field).length > 0)) return undefined;
          return {
            least: doc => numbersOf(at(doc), field)[0] ?? Number.NaN,
            greatest: doc => numbersOf(at(doc), field).at(-1) ?? Number.NaN,
            values: doc => numbersOf(at(doc), field),
          };
        },
        keywords: field => {
          const names = [...new Set(all.flatMap(doc => stringsOf(at(doc), field)))].sort();
          if (names.length === 0) return undefined;
          return {
            value: ordinal => names[ordinal],
            ordinals: doc => stringsOf(at(doc), field).map(name => names.indexOf(name)),
          };
        },
      };
    },
    ...(sortedBy && { sortedBy: () => sortedBy }),
  };
}
