import { choleskyOf } from '../../src/math/cholesky.js';

/** What became of one document for one query at each of the ranks that it was shown at. */
export interface MovedDocument {
  /** from 1, each once, two or more */
  readonly ranks: readonly number[];
  /** by rank: how often it was shown there, and clicked */
  readonly views: readonly number[];
  readonly clicks: readonly number[];
}

/** Natural logarithms of propensities by rank, the first rank's 0, and how sure they are. */
export interface LogPropensities {
  /** [ranks] */
  readonly values: Float64Array;
  /** [ranks]; standard errors, of the first rank 0 */
  readonly errors: Float64Array;
}

/** Steps of Newton's method at most, and the step that is small enough to end it. */
const mostSteps = 100;
const smallStep = 1e-9;
/** What a sum over a log may miss by. */
const rounding = 1e-12;

/**
 * Examination propensities by intervention harvesting (Agarwal, Zaitsev, Wang, Li, Najork & Joachims, WSDM 2019): a document that the same
 * query showed at several ranks is as good at each of them, so that its clicks differ by how much people look there.
 *
 * With p_k the propensity of rank k, a document of relevance r that was shown n_k times at rank k expects n_k p_k r clicks there. Of its C
 * clicks then C π_k are expected at rank k, π_k = n_k p_k / Σ_j n_j p_j, whatever r is. Found are the p that make Σ (c_k − C π_k) = 0
 * at every rank: the maximum of Σ c_k log π_k, all ranks of a document at once in place of the pairs of ranks of the paper (for two ranks it is
 * a ratio of Mantel-Haenszel's kind). Both terms are linear in the clicks, so they need not be independent for the result to be consistent.
 *
 * A weak prior, log p_k ~ Normal(log p_(k-1), 1), says of a rank without evidence that it is like the one above it.
 * Errors are those of the curvature at the maximum, for two ranks without the prior 1 / sqrt(Σ C π_1 π_2).
 * @param ranks  number of ranks; those of the documents are at most this
 */
export function harvestInterventions(documents: Iterable<MovedDocument>, ranks: number): LogPropensities {
  const held = hold(documents);
  const n = ranks - 1;
  let values = new Float64Array(ranks);
  if (n === 0) return { values, errors: new Float64Array(1) };
  let at = slopeAt(held, values);
  for (let step = 0; step < mostSteps; step++) {
    const direction = choleskyOf(at.curvature, n).solve(at.gradient);
    // the likelihood is concave: a step that overshoots is halved until it climbs
    for (let share = 1; ; share /= 2) {
      const moved = values.map((value, rank) => (rank === 0 ? 0 : value + share * direction[rank - 1]));
      const there = slopeAt(held, moved);
      if (there.likelihood < at.likelihood - rounding * Math.abs(at.likelihood) && share > smallStep) continue;
      [values, at] = [moved, there];
      break;
    }
    if (direction.every(change => Math.abs(change) < smallStep)) break;
  }
  const variances = choleskyOf(at.curvature, n).inverseDiagonal();
  return {
    values,
    errors: Float64Array.from({ length: ranks }, (_, k) => (k === 0 ? 0 : Math.sqrt(variances[k - 1]))),
  };
}

/** Documents one behind another: those of a log may be millions. */
interface Held {
  /** where each document begins; one more at the end */
  readonly starts: readonly number[];
  /** from 0 */
  readonly ranks: Uint16Array;
  readonly views: Float64Array;
  readonly clicks: Float64Array;
}

function hold(documents: Iterable<MovedDocument>): Held {
  const starts = [0];
  const [ranks, views, clicks]: [number[], number[], number[]] = [[], [], []];
  for (const document of documents) {
    ranks.push(...document.ranks.map(rank => rank - 1));
    views.push(...document.views);
    clicks.push(...document.clicks);
    starts.push(ranks.length);
  }
  return {
    starts,
    ranks: Uint16Array.from(ranks),
    views: Float64Array.from(views),
    clicks: Float64Array.from(clicks),
  };
}

/** Of the logarithms of the propensities behind the first. */
interface Slope {
  readonly likelihood: number;
  /** [ranks - 1] */
  readonly gradient: Float64Array;
  /** [ranks - 1, ranks - 1], the negative second derivative */
  readonly curvature: Float64Array;
}

function slopeAt({ starts, ranks, views, clicks }: Held, values: Float64Array): Slope {
  const n = values.length - 1;
  const slope = priorSlope(values);
  const { gradient, curvature } = slope;
  let { likelihood } = slope;
  const looks = new Float64Array(values.length);
  for (let document = 0; document + 1 < starts.length; document++) {
    const [from, to] = [starts[document], starts[document + 1]];
    let [expected, all] = [0, 0];
    for (let i = from; i < to; i++) {
      looks[i - from] = views[i] * Math.exp(values[ranks[i]]);
      expected += looks[i - from];
      all += clicks[i];
    }
    for (let i = from; i < to; i++) {
      const share = looks[i - from] / expected;
      if (clicks[i] > 0) likelihood += clicks[i] * Math.log(share);
      const row = ranks[i] - 1;
      if (row < 0) continue;
      gradient[row] += clicks[i] - all * share;
      curvature[row * n + row] += all * share;
      for (let j = from; j < to; j++)
        if (ranks[j] > 0) curvature[row * n + ranks[j] - 1] -= (all * share * looks[j - from]) / expected;
    }
  }
  return { likelihood, gradient, curvature };
}

/** Of the prior: half a squared difference for each two neighbouring ranks. */
function priorSlope(values: Float64Array): Slope {
  const n = values.length - 1;
  const [gradient, curvature] = [new Float64Array(n), new Float64Array(n * n)];
  let likelihood = 0;
  for (let rank = 1; rank <= n; rank++) {
    const difference = values[rank] - values[rank - 1];
    likelihood -= difference ** 2 / 2;
    const row = rank - 1;
    gradient[row] -= difference;
    curvature[row * n + row] += 1;
    if (rank === 1) continue;
    gradient[row - 1] += difference;
    curvature[(row - 1) * n + row - 1] += 1;
    curvature[row * n + row - 1] -= 1;
    curvature[(row - 1) * n + row] -= 1;
  }
  return { likelihood, gradient, curvature };
}
