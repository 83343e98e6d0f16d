import { finish } from '../math/finish.js';
import { GrowingArray } from './growing-array.js';
import { NearTerms, pointsOf } from './near-terms.js';
import type { OccurrenceLog } from './occurrence-log.js';
import { PostingList } from './posting-list.js';
import { sortTerms } from './term-bytes.js';
import type { TermNumbers } from './term-numbers.js';

/** Occurrences that are listed in one go, and units of work (src/search/turns.ts) that one takes. */
const listedAtOnce = 2 ** 11;
const listWork = 2;

/**
 * The posting lists of the segment in memory, made of its log when somebody looks for a term: an index that is only being filled needs none. What was
 * taken in since is listed when the next one looks, or in turns with other work.
 */
export class TermLists {
  /** by term; null = it has no documents any more */
  private readonly lists: (PostingList | null | undefined)[] = [];
  /** terms in the order in which they came, gone ones too */
  private readonly terms = new GrowingArray();
  /** run and occurrence of the log that are listed next */
  private run = 0;
  private occurrence = 0;
  private used = false;
  private sorted: string[] | undefined;
  private readonly near = new NearTerms();
  /** of the terms, those that `near` knows */
  private nearCount = 0;

  /** @param isAlive  whether the document of a slot is to be found, or will be */
  constructor(
    private readonly log: OccurrenceLog,
    private readonly numbers: TermNumbers,
    private readonly isAlive: (slot: number) => boolean,
  ) {}

  /** Whether anybody has looked yet. */
  get areUsed(): boolean {
    return this.used;
  }

  /** Lists the documents that are in the log whole. @yields units of work; meanwhile others may look */
  *listing(): Generator<number, void> {
    const { log } = this;
    const { to } = log.documents === 0 ? { to: 0 } : log.runsOf(log.documents - 1);
    let left = listedAtOnce;
    while (this.run < to) {
      const [slot, field, end] = [log.slots.data[this.run], log.fields.data[this.run], log.end(this.run)];
      if (!this.isAlive(slot)) this.occurrence = end;
      for (; this.occurrence < end && left > 0; this.occurrence++, left--) {
        const term = log.termAt(this.occurrence);
        this.listOf(term).append(slot, field, log.positionAt(this.occurrence));
      }
      if (this.occurrence === end) this.run++;
      if (left > 0) continue;
      yield listedAtOnce * listWork;
      left = listedAtOnce;
    }
  }

  find(term: string): PostingList | undefined {
    const number = this.numbers.find(term);
    if (number === undefined) return undefined;
    this.catchUp();
    return this.lists[number] ?? undefined;
  }

  /** Every term that has a document. */
  each(visit: (term: string, list: PostingList) => void): void {
    this.catchUp();
    for (const number of this.terms.used) {
      const list = this.lists[number];
      if (list) visit(this.numbers.term(number), list);
    }
  }

  /** Terms that have a document in the order of their bytes. */
  inOrder(): readonly string[] {
    this.catchUp();
    if (this.sorted === undefined) {
      const all: string[] = [];
      this.each(term => all.push(term));
      this.sorted = sortTerms(all);
    }
    return this.sorted;
  }

  /** See SegmentReader. */
  fuzzy(term: string, distance: number): string[] {
    this.catchUp();
    const { numbers, terms, near } = this;
    for (; this.nearCount < terms.length; this.nearCount++) {
      const number = terms.data[this.nearCount];
      near.add(number, pointsOf(numbers.term(number)));
    }
    const found = near.find(term, distance, (number, into) => pointsOf(numbers.term(number), into));
    return sortTerms(found.filter(number => this.lists[number]).map(number => numbers.term(number)));
  }

  /** A document died; one that was not listed before never is. */
  remove(slot: number): void {
    const { log } = this;
    const { from, to } = log.runsOf(slot);
    if (to > this.run) return;
    const terms = new Set<number>();
    for (let i = log.start(from); from < to && i < log.end(to - 1); i++) terms.add(log.termAt(i));
    for (const term of terms) this.lose(term);
  }

  private lose(term: number): void {
    const list = this.lists[term];
    if (!list) return;
    list.lose(this.isAlive);
    if (list.df > 0) return;
    this.lists[term] = null;
    this.sorted = undefined;
  }

  private catchUp(): void {
    this.used = true;
    finish(this.listing());
  }

  private listOf(term: number): PostingList {
    const known = this.lists[term];
    if (known) return known;
    const made = new PostingList();
    if (known === undefined) this.terms.push(term);
    this.lists[term] = made;
    this.sorted = undefined;
    return made;
  }
}
