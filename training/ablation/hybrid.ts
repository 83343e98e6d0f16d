import { evaluateRun } from '../../src/evaluation/evaluate.js';
import type { Run } from '../../src/evaluation/trec.js';
import { type CachedQuery, fuse, meanOf, sweepWeights } from '../../src/evaluation/tune-fusion.js';
import { type MeasuredSets, runOf } from './measure.js';
import type { RunResult, Split } from './results.js';

/** Name of the figure: what token and vector retrieval come to together. */
export const hybridFigure = 'hybrid.nDCG@10';
const depth = 10;

/** What the hits of a model come to beside the tokens. */
export interface HybridFigures {
  /** of the vector side, the best on the validation queries */
  readonly weight: number;
  /** nDCG@10 by query id */
  readonly perQuery: ReadonlyMap<Split, ReadonlyMap<string, number>>;
}

/**
 * Fuses what a model finds with what token retrieval finds: the weight is tuned on the validation queries, for each model its own.
 * @param tokens  the hits of token retrieval for the queries of each split; validation is among them
 */
export function hybridFigures(result: RunResult, tokens: ReadonlyMap<Split, Run>, sets: MeasuredSets): HybridFigures {
  const points = sweepWeights(candidatesOf(result, 'validation', tokens, sets));
  const { weight } = points.reduce((best, point) => (meanOf(point.plain) > meanOf(best.plain) ? point : best));
  const perQuery = [...tokens.keys()].map((split): [Split, ReadonlyMap<string, number>] => {
    const fused: Run = new Map();
    for (const { query, ...sides } of candidatesOf(result, split, tokens, sets)) {
      fused.set(query, fuse(sides, weight).slice(0, depth));
    }
    return [split, ndcgOf(fused, split, sets)];
  });
  return { weight, perQuery: new Map(perQuery) };
}

const candidatesOf = (
  result: RunResult,
  split: Split,
  tokens: ReadonlyMap<Split, Run>,
  sets: MeasuredSets,
): (CachedQuery & { readonly query: string })[] =>
  [...runOf(result.splits[split]!)].map(([query, vector]) => ({
    query,
    token: tokens.get(split)!.get(query) ?? [],
    vector,
    judgements: sets.get(split)!.qrels.get(query)!,
  }));

function ndcgOf(run: Run, split: Split, sets: MeasuredSets): Map<string, number> {
  const { perQuery } = evaluateRun(run, sets.get(split)!.qrels, { cutoffs: { nDCG: [depth] } });
  return new Map([...perQuery].map(([query, figures]) => [query, figures[`nDCG@${depth}`]]));
}
