import type { QueryRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from '../ranking/candidate.js';
import { queryFacts } from '../ranking/query-classes.js';
import type { EmbeddedIndex } from '../search/embedded-backend.js';
import { type TowerKind, usualWeights, weightSteps, weightWithoutJudgements } from '../search/fusion-prior.js';
import type { TunedFusion } from '../search/tuned-fusion.js';
import { judgedShare, ndcg } from './metrics.js';
import type { Qrels } from './trec.js';
import { tuneClasses } from './tune-classes.js';
import {
  type CachedQuery,
  chooseWeight,
  meanOf,
  sweepWeights,
  tunedDepth,
  type WeighedFigures,
} from './tune-fusion.js';

/** The figure that the weight is tuned for. */
export const tunedFigure = `nDCG@${tunedDepth}`;
/** Fewer judged queries than this have no standard error to speak of: the usual weight is taken then, as where there are none. */
export const leastQueries = 10;
/**
 * Where judged@10 of the sides differs by more than this, what one side finds and nobody judged would decide. The figure is then the mean of nDCG@10,
 * which takes the unjudged for bad, and of its condensed form, which passes over it.
 */
const evenlyJudged = 0.1;

export interface JudgedQueries {
  readonly queries: readonly QueryRow[];
  readonly qrels: Qrels;
}

export interface Tuning extends JudgedQueries {
  /** who the queries are from: see TunedFusion */
  readonly on: TunedFusion['on'];
  /** what the towers of the index learnt from */
  readonly kind: TowerKind;
}

/** How many of the queries can tell one weight from another: those with a relevant document in the index. */
export function tellingQueries({ queries, qrels }: JudgedQueries, has: (id: string) => boolean): number {
  const tells = (id: string): boolean =>
    [...(qrels.get(id) ?? [])].some(([document, gain]) => gain > 0 && has(document));
  return queries.filter(({ id }) => tells(id)).length;
}

/** What of judged queries an index can answer: judgements of its documents, queries with a relevant one among them. */
export function answerable({ queries, qrels }: JudgedQueries, has: (id: string) => boolean): JudgedQueries {
  const within: Qrels = new Map();
  for (const [query, judgements] of qrels) within.set(query, new Map([...judgements].filter(([id]) => has(id))));
  return {
    queries: queries.filter(query => tellingQueries({ queries: [query], qrels: within }, has) > 0),
    qrels: within,
  };
}

const idsOf = (ranked: readonly Candidate[]): string[] => ranked.map(({ id }) => id);

/**
 * Finds the weight of the vector side: by judged queries, or where there are only queries drawn from the documents, the one that is usual for such
 * towers. Queries without judgements have no say.
 * @param index  opened with its model
 * @throws TandemError 'index/no-vectors', 'evaluation/no-queries'
 */
export async function tuneIndex(
  index: Pick<EmbeddedIndex, 'retrieve'>,
  { queries, qrels, on, kind }: Tuning,
  onProgress?: (done: number) => void,
): Promise<TunedFusion> {
  const cached: CachedQuery[] = [];
  for (const { id, text, country, language } of queries) {
    const judgements = qrels.get(id);
    if (judgements === undefined) continue;
    const retrieved = await index.retrieve({
      text,
      country,
      language,
      k: tunedDepth,
      mode: 'hybrid',
    });
    const { token, vector, coverage, prepared } = retrieved;
    cached.push({ token, vector, coverage, judgements, facts: queryFacts(retrieved, prepared.matches([]).words) });
    onProgress?.(cached.length);
  }
  if (cached.length === 0)
    throw new TandemError('evaluation/no-queries', 'none of the queries that the fusion is to be tuned on is judged');
  return decide(cached, sweepWeights(cached), on, kind);
}

/** Mean figures of one side by itself. */
function measureSide(queries: readonly CachedQuery[], side: 'token' | 'vector'): { ndcg: number; judged: number } {
  const meanOver = (metric: typeof ndcg): number =>
    meanOf(queries.map(query => metric(idsOf(query[side]), query.judgements, tunedDepth, 1)));
  return { ndcg: meanOver(ndcg), judged: meanOver(judgedShare) };
}

function decide(
  queries: readonly CachedQuery[],
  points: readonly WeighedFigures[],
  on: TunedFusion['on'],
  kind: TowerKind,
): TunedFusion {
  const [token, vector] = [measureSide(queries, 'token'), measureSide(queries, 'vector')];
  const curve = points.map(({ weight, plain, condensed }) => ({
    weight,
    score: meanOf(plain),
    condensed: meanOf(condensed),
  }));
  const about = {
    on,
    kind,
    usual: usualWeights[kind],
    queries: queries.length,
    tokens: token.ndcg,
    vectors: vector.ndcg,
    judged: { tokens: token.judged, vectors: vector.judged },
    curve,
  };
  const at = (weight: number): number => curve[Math.round(weight * weightSteps)].score;
  if (on === 'known-item') {
    const weight = weightWithoutJudgements(kind, about);
    return { ...about, rule: 'usual', weight, score: at(weight) };
  }
  const condenses = Math.abs(token.judged - vector.judged) > evenlyJudged;
  const figures = points.map(({ weight, plain, condensed }) => ({
    weight,
    figures: condenses ? plain.map((value, i) => (value + condensed[i]) / 2) : plain,
  }));
  const { weight, best, asGood } = chooseWeight(figures, usualWeights[kind]);
  const rule = condenses ? 'half-condensed' : 'plain';
  const facts = queries.flatMap(query => query.facts ?? []);
  const classes = facts.length < queries.length ? undefined : tuneClasses({ points: figures, facts }, weight);
  return {
    ...about,
    rule,
    best,
    asGood: { low: asGood[0], high: asGood[asGood.length - 1] },
    weight,
    score: at(weight),
    ...(classes && { classes }),
  };
}
