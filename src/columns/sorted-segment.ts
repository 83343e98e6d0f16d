import type { FieldOrder } from '../query/query.js';
import type { OrderKey, SortableSegment } from './sort.js';

/** A segment whose documents may lie in the order of a key. */
export interface SearchableSegment extends SortableSegment {
  /** the key that its documents are numbered by; null = by none */
  readonly sortedBy: FieldOrder | null;
  isLive(doc: number): boolean;
}

/** Whether they do: texts lie by their code units, which is the order of no language. */
export const isSortedBy = (
  { sortedBy, columns }: Pick<SearchableSegment, 'sortedBy' | 'columns'>,
  { field, order, collation }: OrderKey,
): boolean =>
  sortedBy?.field === field &&
  sortedBy.order === order &&
  (collation === undefined || columns.keywords(field) === undefined);
