import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noMoreDocuments } from '../../../src/lexical/segment-reader.js';
import { BitsIterator } from '../../../src/lexical/tree/bits-iterator.js';
import { Bonus, Exclusion } from '../../../src/lexical/tree/bool-iterator.js';
import { Conjunction } from '../../../src/lexical/tree/conjunction.js';
import { Disjunction } from '../../../src/lexical/tree/disjunction.js';
import type { MatchIterator } from '../../../src/lexical/tree/iterator.js';
import { createBitSet, setBit } from '../../../src/math/bit-set.js';
import { seededRandom } from '../../../src/math/random.js';

const documents = 20_000;

/** Some sets, thick and thin, with stretches in which they have nothing, each with a score. */
interface Part {
  readonly docs: ReadonlySet<number>;
  readonly score: number;
}

function randomPart(seed: number): Part {
  const random = seededRandom(seed);
  const share = random.next() ** 6;
  const docs = new Set<number>();
  for (let doc = 0; doc < documents; doc++) {
    if (random.next() < share) docs.add(doc);
    if (random.next() < 0.001) doc += random.below(6000);
  }
  return { docs, score: 1 + random.next() };
}

/** A set whose every third document fails when it is asked to confirm. */
class Doubtful implements MatchIterator {
  constructor(private readonly inner: BitsIterator) {}
  get doc(): number {
    return this.inner.doc;
  }
  get cost(): number {
    return this.inner.cost;
  }
  next = (): number => this.inner.next();
  advance = (target: number): number => this.inner.advance(target);
  confirm = (): boolean => this.doc % 3 !== 0;
  score = (): number => this.inner.score();
}

function iteratorOf({ docs, score }: Part): MatchIterator {
  const bits = createBitSet(documents);
  for (const doc of docs) setBit(bits, doc);
  return new Doubtful(new BitsIterator(bits, score));
}
const holds = ({ docs }: Part, doc: number): boolean => docs.has(doc) && doc % 3 !== 0;
const sum = (parts: readonly Part[]): number => parts.reduce((all, { score }) => all + score, 0);

/** What a document gets; undefined where it does not match. */
type Expected = (doc: number) => number | undefined;

const forms: Record<string, (parts: readonly Part[], minimum: number) => [MatchIterator, Expected]> = {
  conjunction: parts => [
    new Conjunction(parts.map(iteratorOf)),
    doc => (parts.every(part => holds(part, doc)) ? sum(parts) : undefined),
  ],
  disjunction: (parts, minimum) => [
    new Disjunction(parts.map(iteratorOf), minimum),
    doc => {
      const found = parts.filter(part => holds(part, doc));
      return found.length >= minimum ? sum(found) : undefined;
    },
  ],
  exclusion: ([first, ...others]) => [
    new Exclusion(iteratorOf(first), others.map(iteratorOf)),
    doc => (holds(first, doc) && !others.some(part => holds(part, doc)) ? first.score : undefined),
  ],
  bonus: ([first, ...others]) => [
    new Bonus(iteratorOf(first), new Disjunction(others.map(iteratorOf))),
    doc => {
      if (!holds(first, doc)) return undefined;
      const found = others.filter(part => holds(part, doc));
      return found.length === 0 ? first.score : first.score + sum(found);
    },
  ],
};

describe.each(Object.keys(forms))('a %s', form => {
  it('stands at every match, with its score, by steps and by leaps', () => {
    const step = fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.nat(3000));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        // steps of 0 alone would stand still for ever
        fc.array(step, { minLength: 1, maxLength: 6 }).filter(steps => steps.some(by => by > 0)),
        (seeds, minimum, steps) => {
          const [iterator, expected] = forms[form](seeds.map(randomPart), minimum);
          // the steps are taken over and over; a step of 1 is `next`
          let passed = 0;
          for (let i = 0; passed < documents; i++) {
            const by = steps[i % steps.length];
            const target = Math.max(passed, iterator.doc + by);
            const doc = by === 1 && target === iterator.doc + 1 ? iterator.next() : iterator.advance(target);
            if (doc < target) expect.fail(`${doc} instead of ${target} or more`);
            for (let between = target; between < Math.min(doc, documents); between++) {
              if (expected(between) !== undefined) expect.fail(`${between} was passed over`);
            }
            if (doc === noMoreDocuments) break;
            const confirmed = iterator.confirm();
            if (confirmed !== (expected(doc) !== undefined)) expect.fail(`${doc}: ${confirmed}`);
            if (confirmed && iterator.score() !== expected(doc)) expect.fail(`${doc}: score ${iterator.score()}`);
            passed = doc;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
