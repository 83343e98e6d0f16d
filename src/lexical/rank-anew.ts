import { type ClosenessPlan, SegmentCloseness } from './closeness.js';
import type { SegmentReader } from './segment-reader.js';
import { compareFound, type FoundDocument } from './top-k.js';

/** Documents that are ranked anew; a deeper cut changed nothing among the best ten. */
export const rankedAnew = 100;

/**
 * Adds closeness to the scores of the best documents and sorts these anew. Closeness is never below 0, so they stay before the others.
 * @param found  best first
 * @returns best first
 */
export function rankAnew(found: readonly FoundDocument[], plan: ClosenessPlan): FoundDocument[] {
  const head = found.slice(0, rankedAnew);
  const bySegment = new Map<SegmentReader, FoundDocument[]>();
  for (const each of head) {
    const documents = bySegment.get(each.segment);
    if (documents === undefined) bySegment.set(each.segment, [each]);
    else documents.push(each);
  }
  const ranked = [...bySegment].flatMap(([segment, documents]) => {
    const closeness = new SegmentCloseness(segment, plan);
    documents.sort((a, b) => a.doc - b.doc);
    return documents.map(({ doc, score }) => ({ segment, doc, score: withCloseness(closeness, doc, score) }));
  });
  return [...ranked.sort(compareFound), ...found.slice(rankedAnew)];
}

function withCloseness(closeness: SegmentCloseness, doc: number, score: number): number {
  let sum = score;
  closeness.measure(doc, part => {
    sum += part;
  });
  return sum;
}
