import type { IndexView } from './index-view.js';
import type { MemorySegment } from './memory-segment.js';
import type { ProximityPlan } from './proximity.js';
import { type LocatedDocument, proximityOf, rowsBySegment } from './rescore.js';
import type { StoredSegment } from './stored-segment.js';
import { type Factor, multiplyIn } from './tree/functions.js';
import { iterate, placeOf } from './tree/iterate.js';
import { matchesAt } from './tree/iterator.js';
import type { QueryNode } from './tree/node.js';

/** What the token side knows of some documents, a value a row. */
export interface TokenFeatures {
  /** score of the terms, functions multiplied in; 0 where the document does not match */
  readonly bm25: Float64Array;
  /** 0 where it does not count, or the document does not match */
  readonly proximity: Float64Array;
}

type Located = LocatedDocument & { readonly segment: StoredSegment | MemorySegment };

/**
 * Scores given documents as a search would score them. Its work grows with the postings between the documents, skipped in blocks.
 * @param located  undefined where there is no such document
 */
export function scoreDocuments(
  view: IndexView,
  node: QueryNode | undefined,
  factors: readonly Factor[],
  plan: ProximityPlan | undefined,
  located: readonly (Located | undefined)[],
): TokenFeatures {
  const [bm25, proximity] = [new Float64Array(located.length), new Float64Array(located.length)];
  if (node === undefined) return { bm25, proximity };
  const rows = located.flatMap((document, row) => (document === undefined ? [] : [row]));
  const documents = rows.map(row => located[row] as Located);
  const matching: number[] = [];
  for (const [segment, places] of rowsBySegment(documents)) {
    const found = iterate(view, placeOf(view, documents[places[0]].segment), node, true);
    const multiply = multiplyIn(factors, segment.columns);
    for (const place of places) {
      const { doc } = documents[place];
      if (!matchesAt(found, doc)) continue;
      bm25[rows[place]] = multiply(found.score(), doc);
      matching.push(place);
    }
  }
  if (plan === undefined) return { bm25, proximity };
  const values = proximityOf(
    matching.map(place => documents[place]),
    plan,
  );
  matching.forEach((place, i) => {
    proximity[rows[place]] = values[i];
  });
  return { bm25, proximity };
}
