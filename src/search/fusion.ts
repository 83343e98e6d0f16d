import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from '../lexical/candidate.js';

/** Best first; of equal scores the one that was scored first. */
const ranked = (scores: ReadonlyMap<string, number>): Candidate[] =>
  [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);

function refuseDuplicates(ids: readonly string[], run: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw new TandemError('fusion/duplicate-id', `document ${id} stands twice in ${run}`, { id });
    seen.add(id);
  }
}

/**
 * Scores stretched so that the best becomes 1 and the minimum 0.
 * One candidate alone, or several of equal score, become 1: each of them is the best that its side has.
 * @param lowest  the minimum, of the least score; not above it
 */
function normalised(candidates: readonly Candidate[], lowest: (least: number) => number): Map<string, number> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { score } of candidates) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  const minimum = lowest(low);
  return new Map(candidates.map(({ id, score }) => [id, low === high ? 1 : (score - minimum) / (high - minimum)]));
}

/**
 * Share of the least token score that is the minimum of the token side. A broad query finds hundreds of documents of nearly one score, which
 * stretched from the least itself would differ like good and bad.
 */
const tokenMinimum = 0.9;

/** What the sides of a hybrid search returned, each best first. */
export interface Sides {
  readonly token: readonly Candidate[];
  readonly vector: readonly Candidate[];
  /** share of what was asked for that the token side knows, [0, 1]; 1 when absent */
  readonly coverage?: number;
}

/**
 * Convex combination (Bruch, Gai & Ingber, TOIS 2023):
 * score(d) = (1 - weight) * coverage * token'(d) + weight * vector'(d), each side stretched to [0, 1]: vectors from the least cosine of their
 * candidates, tokens from nine tenths of the least score. The coverage keeps tokens that know a part of a query from counting as if they had
 * found all of it. A document that one side did not return has 0 there. Of equal scores the token side's documents come first, each side's in
 * its own order: so at weight 0 the tokens rank, and vectors go on where these have found too little.
 * @param weight  of the vector side, in [0, 1]
 * @param k       documents returned at most
 * @returns scores in [0, 1], best first
 * @throws TandemError 'fusion/duplicate-id'
 */
export function convexCombination({ token, vector, coverage = 1 }: Sides, weight: number, k: number): Candidate[] {
  const tokenScores = normalised(token, least => tokenMinimum * least);
  const vectorScores = normalised(vector, least => least);
  if (tokenScores.size < token.length) refuseDuplicates(idsOf(token), 'the token side');
  if (vectorScores.size < vector.length) refuseDuplicates(idsOf(vector), 'the vector side');
  const fused = new Map<string, number>();
  for (const [id, score] of tokenScores) fused.set(id, (1 - weight) * coverage * score);
  for (const [id, score] of vectorScores) fused.set(id, (fused.get(id) ?? 0) + weight * score);
  return ranked(fused).slice(0, k);
}

/**
 * Reciprocal rank fusion: score(d) = sum over runs of 1 / (k + rank(d)), ranks from 1.
 * @param runs  each a list of document ids, best first; an id at most once per run
 * @param k     > 0; 60 in Cormack, Clarke & Buettcher (SIGIR 2009)
 * @returns ids with scores, best first; ties by id, so that the order is stable
 * @throws TandemError 'fusion/duplicate-id'
 */
export function reciprocalRankFusion(runs: readonly (readonly string[])[], k = 60): Candidate[] {
  const fused = new Map<string, number>();
  runs.forEach((run, at) => {
    refuseDuplicates(run, `run ${at + 1}`);
    run.forEach((id, i) => {
      fused.set(id, (fused.get(id) ?? 0) + 1 / (k + i + 1));
    });
  });
  return ranked(fused).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

const idsOf = (candidates: readonly Candidate[]): string[] => candidates.map(candidate => candidate.id);
