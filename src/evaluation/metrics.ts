/**
 * Metrics of one ranked list against the judgements of its query. All lie in [0, 1] and look at the first K documents only.
 * Definitions are those of trec_eval, so that figures can be compared with published ones.
 */

/** Gain of each judged document of one query; gains at or below 0 are judged and not relevant. */
export type Judgements = ReadonlyMap<string, number>;

/** Document ids, best first, each at most once. */
export type Ranking = readonly string[];

/**
 * @param ranking         what a system returned
 * @param judgements      what people said
 * @param K               >= 1; documents behind rank K are not looked at
 * @param relevanceLevel  least gain that counts as relevant; metrics with graded gain do not read it
 */
export type Metric = (ranking: Ranking, judgements: Judgements, K: number, relevanceLevel: number) => number;

const gainOf = (judgements: Judgements, id: string): number => Math.max(0, judgements.get(id) ?? 0);

/** sum over ranks r = 1..K of gain(r) / log2(r + 1) */
const discountedGain = (gains: readonly number[]): number =>
  gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);

/** Ideal DCG@K: that of all judged documents by falling gain; 0 where no document has a gain above 0. */
export const idealGain = (judgements: Judgements, K: number): number =>
  discountedGain(
    [...judgements.values()]
      .filter(gain => gain > 0)
      .sort((a, b) => b - a)
      .slice(0, K),
  );

/** Relevant documents among the first K. */
const relevantIn = (ranking: Ranking, judgements: Judgements, K: number, level: number): number =>
  ranking.slice(0, K).filter(id => isRelevant(judgements, id, level)).length;

/** An unjudged document is not relevant, whatever the level. */
const isRelevant = (judgements: Judgements, id: string, level: number): boolean =>
  (judgements.get(id) ?? Number.NEGATIVE_INFINITY) >= level;

/** Relevant documents that the judges found for the query. */
const relevantJudged = (judgements: Judgements, level: number): number =>
  [...judgements.values()].filter(gain => gain >= level).length;

/**
 * Normalised discounted cumulative gain: DCG@K / ideal DCG@K with linear gain and discount log2(rank + 1);
 * the ideal list holds all judged documents by falling gain. 0 where no document has a gain above 0.
 * Source: Järvelin & Kekäläinen (TOIS 2002) as trec_eval's `ndcg_cut` computes it.
 */
export const ndcg: Metric = (ranking, judgements, K) => {
  const ideal = idealGain(judgements, K);
  if (ideal === 0) return 0;
  const gains = ranking.slice(0, K).map(id => gainOf(judgements, id));
  return discountedGain(gains) / ideal;
};

/** Reciprocal rank: 1 / rank of the first relevant document, 0 if none stands in the first K (trec_eval `recip_rank`). */
export const reciprocalRank: Metric = (ranking, judgements, K, level) => {
  const first = ranking.slice(0, K).findIndex(id => isRelevant(judgements, id, level));
  return first < 0 ? 0 : 1 / (first + 1);
};

/** Recall: relevant documents in the first K / all relevant ones; 0 where there is none (trec_eval `recall`). */
export const recall: Metric = (ranking, judgements, K, level) => {
  const all = relevantJudged(judgements, level);
  return all === 0 ? 0 : relevantIn(ranking, judgements, K, level) / all;
};

/** Precision: relevant documents in the first K / K, also where fewer were returned (trec_eval `P`). */
export const precision: Metric = (ranking, judgements, K, level) => relevantIn(ranking, judgements, K, level) / K;

/**
 * Average precision: sum of precision@r over the ranks r <= K of relevant documents / all relevant ones;
 * 0 where there is none (trec_eval `map_cut`).
 */
export const averagePrecision: Metric = (ranking, judgements, K, level) => {
  const all = relevantJudged(judgements, level);
  let found = 0;
  let sum = 0;
  ranking.slice(0, K).forEach((id, i) => {
    if (isRelevant(judgements, id, level)) sum += ++found / (i + 1);
  });
  return all === 0 ? 0 : sum / all;
};

/** Success: 1 if a relevant document stands in the first K, else 0 (trec_eval `success`). */
export const success: Metric = (ranking, judgements, K, level) =>
  relevantIn(ranking, judgements, K, level) > 0 ? 1 : 0;

/** Judged documents in the first K / K: how far the other figures can be trusted, since an unjudged document counts as bad. */
export const judgedShare: Metric = (ranking, judgements, K) =>
  ranking.slice(0, K).filter(id => judgements.has(id)).length / K;

/**
 * The condensed list: unjudged documents dropped, the order of the others kept.
 * Source: Sakai, Alternatives to Bpref (SIGIR 2007).
 */
export const condense = (ranking: Ranking, judgements: Judgements): Ranking => ranking.filter(id => judgements.has(id));
