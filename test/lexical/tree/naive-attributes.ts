import type { DocumentRow } from '../../../src/config/rows.js';
import type { FilterClause } from '../../../src/query/filter.js';

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
