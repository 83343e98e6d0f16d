import { termScore } from '../bm25.js';
import type { PostingIterator, SegmentReader } from '../segment-reader.js';
import type { Weighting } from '../weighting.js';
import { leapTogether, standTogether } from './conjunction.js';
import type { MatchIterator } from './iterator.js';
import type { PhraseNode } from './node.js';
import { phraseFrequency } from './phrase-frequency.js';
import { occurrenceOf } from './term-iterator.js';

/** The documents of one segment that hold all terms of a phrase; positions are read where a document is to be confirmed. */
export class PhraseIterator implements MatchIterator {
  doc = -1;
  private frequency = 0;
  private readonly byCost: readonly PostingIterator[];

  /**
   * @param postings  by distinct term of the phrase
   * @param cost  by the same, documents of the segment that hold it
   */
  constructor(
    private readonly segment: SegmentReader,
    private readonly postings: readonly PostingIterator[],
    costs: readonly number[],
    private readonly weighting: Weighting,
    private readonly phrase: PhraseNode,
  ) {
    const order = postings.map((_, i) => i).sort((a, b) => costs[a] - costs[b]);
    this.byCost = order.map(i => postings[i]);
    this.cost = costs[order[0]];
  }

  readonly cost: number;

  next(): number {
    this.byCost[0].next();
    this.doc = leapTogether(this.byCost);
    return this.doc;
  }

  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    this.byCost[0].advance(target);
    this.doc = leapTogether(this.byCost);
    return this.doc;
  }

  confirm(): boolean {
    this.frequency = 0;
    if (!standTogether(this.byCost, this.doc)) return false;
    for (const field of this.phrase.fields) {
      const matches = phraseMatches(this.phrase, this.postings, field);
      if (matches > 0) this.frequency += matches * occurrenceOf(this.weighting, this.segment, field, this.doc);
    }
    return this.frequency > 0;
  }

  score(): number {
    return termScore(this.weighting.k1, this.phrase.weight, this.frequency);
  }
}

/** How often a field of the document that all postings stand at holds the phrase. */
export function phraseMatches(
  { words, slop }: PhraseNode,
  postings: readonly PostingIterator[],
  field: number,
): number {
  if (postings.some(each => each.frequency(field) === 0)) return 0;
  return phraseFrequency(
    words,
    postings.map(each => each.positions(field)),
    slop,
  );
}
