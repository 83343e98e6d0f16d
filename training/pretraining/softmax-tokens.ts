import type { Random } from '../../src/math/random.js';
import { unigramChance } from './unigram.js';

/** The tokens that the masked ones of a batch are told apart from. */
export interface SoftmaxTokens {
  /** C ids, each once; every id of the vocabulary, ascending, where it is taken whole */
  readonly ids: Int32Array;
  /** added to the score of each, float32 [C]; absent where the vocabulary is taken whole */
  readonly correction?: Float32Array;
  /** of every target: its index in `ids` */
  readonly slots: Int32Array;
}

/** targets of a batch -> the tokens of its softmax */
export type SoftmaxSampler = (targets: Int32Array, random: Random) => SoftmaxTokens;

/** The whole vocabulary. */
export function wholeVocabulary(size: number): SoftmaxSampler {
  const ids = Int32Array.from({ length: size }, (_, id) => id);
  return targets => ({ ids, slots: targets });
}

/** Frequencies are flattened by this power before tokens are drawn, so that rare ones are seen, too; Mikolov et al., NIPS 2013. */
const flattening = 0.75;

/**
 * Sampled softmax (Jean et al., ACL 2015) for vocabularies that are too large to be scored whole at every step: the targets of the
 * batch, each a negative of the others, filled up with tokens drawn by flattened frequency until there are C.
 * A token v gets log P(v) taken off its score (logQ; Bengio & Senecal, 2008; Yi et al., RecSys 2019), where P(v) is its chance to be
 * there: 1 - (1 - p(v))^M (1 - q(v))^S with p its frequency among M targets, q its chance in each of the S draws that it took.
 * Without it, frequent tokens would be held down for being seen often.
 * @param counts  of each id in the texts; those of 0 are drawn as seldom as those of 1
 * @param drawn   ids that can be drawn
 * @param size    C; twice, three times it where a batch has more distinct targets, so that few shapes are ever recorded
 */
export function sampledVocabulary(counts: Float64Array, drawn: Int32Array, size: number): SoftmaxSampler {
  const chance = unigramChance(counts);
  const cumulative = new Float64Array(drawn.length);
  let mass = 0;
  for (const [i, id] of drawn.entries()) {
    mass += Math.max(1, counts[id]) ** flattening;
    cumulative[i] = mass;
  }
  const indexOf = new Map<number, number>();
  return (targets, random) => {
    indexOf.clear();
    const slotOf = (id: number): number => {
      const known = indexOf.get(id);
      if (known !== undefined) return known;
      indexOf.set(id, indexOf.size);
      return indexOf.size - 1;
    };
    const slots = targets.map(slotOf);
    const wanted = Math.min(size * Math.ceil(indexOf.size / size), drawn.length);
    let draws = 0;
    for (; indexOf.size < wanted; draws++) slotOf(drawn[lowestAbove(cumulative, random.next() * mass)]);
    const ids = Int32Array.from(indexOf.keys());
    const correction = Float32Array.from(ids, id => {
      const q = Math.max(1, counts[id]) ** flattening / mass;
      // 1 - exp(...) by expm1: chances of rare tokens are small
      return -Math.log(-Math.expm1(targets.length * Math.log1p(-chance(id)) + draws * Math.log1p(-q)));
    });
    return { ids, correction, slots };
  };
}

/** First index whose value is above x. */
function lowestAbove(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
