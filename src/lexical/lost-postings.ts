import type { BlockPostings } from './block-postings.js';
import { GrowingArray } from './growing-array.js';
import { noMoreDocuments } from './segment-reader.js';

/** Terms whose losses are remembered. */
const memoryLimit = 2 ** 14;

/** A look-up in a posting list costs about as much as stepping over this many postings. */
const stepsOfLookUp = 64;

interface Loss {
  /** how many of the removed documents were looked at */
  readonly seen: number;
  /** how many of those hold the term */
  readonly lost: number;
}

/**
 * How many documents of each posting list of an immutable segment were removed, so that df counts the living alone. A segment does not know the
 * terms of a document: they are found when a term is asked for, and only for documents removed since it was last asked.
 */
export class LostPostings {
  /** in the order of their removal */
  private readonly removed = new GrowingArray();
  private readonly known = new Map<number, Loss>();
  private postings: BlockPostings | undefined;

  constructor(private readonly makePostings: () => BlockPostings) {}

  lose(doc: number): void {
    this.removed.push(doc);
  }

  get isEmpty(): boolean {
    return this.removed.length === 0;
  }

  /** @param ordinal  number of the term */
  liveFrequency(ordinal: number): number {
    this.postings ??= this.makePostings();
    const { postings, removed } = this;
    postings.open(ordinal);
    const before = this.known.get(ordinal) ?? { seen: 0, lost: 0 };
    if (before.seen === removed.length) return postings.df - before.lost;
    const lost = before.lost + this.count(postings, removed.used.slice(before.seen).sort());
    if (this.known.size >= memoryLimit) this.known.clear();
    this.known.set(ordinal, { seen: removed.length, lost });
    return postings.df - lost;
  }

  /** How many of some documents, in rising order, hold the term. */
  private count(postings: BlockPostings, documents: Uint32Array): number {
    let lost = 0;
    if (documents.length * stepsOfLookUp < postings.df) {
      for (const doc of documents) if (postings.advance(doc) === doc) lost++;
      return lost;
    }
    let i = 0;
    for (let doc = postings.next(); doc !== noMoreDocuments && i < documents.length; doc = postings.next()) {
      while (i < documents.length && documents[i] < doc) i++;
      if (documents[i] === doc) lost++;
    }
    return lost;
  }
}
