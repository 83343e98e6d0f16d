import { noMoreDocuments } from '../segment-reader.js';

/**
 * The documents of one segment that may match a part of a query, in rising order, removed ones too. It stands at a document for cheap
 * reasons; `confirm` asks the dear ones (positions), once everything that is cheap has agreed. A step takes bounded work: where the next document
 * is far, it ends at one on the way, even behind the last of the segment, that is not confirmed.
 */
export interface MatchIterator {
  /** -1 before the first, `noMoreDocuments` behind the last */
  readonly doc: number;
  /** documents that it may stand at, at most: the cheaper one leads */
  readonly cost: number;
  /** @returns `doc` after the step */
  next(): number;
  /** Goes to the first document from `target` on; never goes back. @returns `doc` */
  advance(target: number): number;
  /** Whether the present document matches. */
  confirm(): boolean;
  /** What the present document gets, after `confirm` said yes. */
  score(): number;
}

export const nothing: MatchIterator = {
  doc: noMoreDocuments,
  cost: 0,
  next: () => noMoreDocuments,
  advance: () => noMoreDocuments,
  confirm: () => false,
  score: () => 0,
};

/** Whether an iterator that follows another one matches the document that the other one stands at. */
export const matchesAt = (iterator: MatchIterator, doc: number): boolean =>
  (iterator.doc >= doc ? iterator.doc : iterator.advance(doc)) === doc && iterator.confirm();
