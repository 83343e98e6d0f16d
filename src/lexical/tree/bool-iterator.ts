import type { MatchIterator } from './iterator.js';
import { matchesAt } from './iterator.js';

/** The documents of one part that another does not match. */
export class Exclusion implements MatchIterator {
  constructor(
    private readonly base: MatchIterator,
    private readonly excluded: readonly MatchIterator[],
  ) {}

  get doc(): number {
    return this.base.doc;
  }

  get cost(): number {
    return this.base.cost;
  }

  next(): number {
    return this.base.next();
  }

  advance(target: number): number {
    return this.base.advance(target);
  }

  confirm(): boolean {
    return !this.excluded.some(part => matchesAt(part, this.doc)) && this.base.confirm();
  }

  score(): number {
    return this.base.score();
  }
}

/** The documents of one part; those that another part matches too get its score on top. */
export class Bonus implements MatchIterator {
  constructor(
    private readonly base: MatchIterator,
    private readonly optional: MatchIterator,
  ) {}

  get doc(): number {
    return this.base.doc;
  }

  get cost(): number {
    return this.base.cost;
  }

  next(): number {
    return this.base.next();
  }

  advance(target: number): number {
    return this.base.advance(target);
  }

  confirm(): boolean {
    return this.base.confirm();
  }

  score(): number {
    const score = this.base.score();
    return matchesAt(this.optional, this.doc) ? score + this.optional.score() : score;
  }
}

/** The documents of a part, with score 0. */
export class Unscored implements MatchIterator {
  constructor(private readonly base: MatchIterator) {}

  get doc(): number {
    return this.base.doc;
  }

  get cost(): number {
    return this.base.cost;
  }

  next(): number {
    return this.base.next();
  }

  advance(target: number): number {
    return this.base.advance(target);
  }

  confirm(): boolean {
    return this.base.confirm();
  }

  score(): number {
    return 0;
  }
}
