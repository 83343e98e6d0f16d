import { noMoreDocuments } from '../segment-reader.js';
import type { MatchIterator } from './iterator.js';

/** What a leap-frog needs of those that take part in it. */
interface Leaper {
  readonly doc: number;
  next(): number;
  advance(target: number): number;
}

/** Leaps of one step at most: whoever gives way to others must get the word again (src/search/turns.ts). */
const mostLeaps = 2 ** 12;

/**
 * From the document that the first stands at, the next one that all stand at; or, where that is far, one on the way there.
 * @param all  the cheapest first
 */
export function leapTogether(all: readonly Leaper[]): number {
  let target = all[0].doc;
  let leaps = 0;
  for (let i = 1; i < all.length; ) {
    if (target === noMoreDocuments) return target;
    const found = all[i].doc >= target ? all[i].doc : all[i].advance(target);
    if (found === target) i++;
    else {
      target = all[0].advance(found);
      if (++leaps === mostLeaps) return target;
      i = 1;
    }
  }
  return target;
}

/** Whether they stand at one document. */
export function standTogether(all: readonly Leaper[], doc: number): boolean {
  for (const each of all) if (each.doc !== doc) return false;
  return true;
}

/** Documents that all parts match; their scores are added up in the order of the parts. */
export class Conjunction implements MatchIterator {
  doc = -1;
  readonly cost: number;
  private readonly byCost: readonly MatchIterator[];

  /** @param parts  one or more */
  constructor(private readonly parts: readonly MatchIterator[]) {
    this.byCost = parts.toSorted((a, b) => a.cost - b.cost);
    this.cost = this.byCost[0].cost;
  }

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
    return standTogether(this.byCost, this.doc) && this.byCost.every(part => part.confirm());
  }

  score(): number {
    let score = 0;
    for (const part of this.parts) score += part.score();
    return score;
  }
}
