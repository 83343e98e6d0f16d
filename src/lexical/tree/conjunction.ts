import { noMoreDocuments } from '../segment-reader.js';
import type { MatchIterator } from './iterator.js';

/** What a leap-frog needs of those that take part in it. */
interface Leaper {
  readonly doc: number;
  next(): number;
  advance(target: number): number;
}

/** From the document that the first stands at, the next one that all stand at. @param all  the cheapest first */
export function leapTogether(all: readonly Leaper[]): number {
  let target = all[0].doc;
  for (let i = 1; i < all.length; ) {
    if (target === noMoreDocuments) return target;
    const found = all[i].doc >= target ? all[i].doc : all[i].advance(target);
    if (found === target) i++;
    else {
      target = all[0].advance(found);
      i = 1;
    }
  }
  return target;
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
    return this.byCost.every(part => part.confirm());
  }

  score(): number {
    let score = 0;
    for (const part of this.parts) score += part.score();
    return score;
  }
}
