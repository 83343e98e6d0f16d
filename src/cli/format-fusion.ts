import { fitShare, leastQueries, type TowerKind, type TunedFusion, tunedFigure } from '../api/indexes/tune-weight.js';

const kinds: Readonly<Record<TowerKind, string>> = {
  pairs: 'towers that learnt from pairs',
  documents: 'towers that learnt from documents alone',
  nothing: 'an imported encoder as it came',
};

const advice = 'judged queries (--queries, --qrels) tell more';

/** The weight of the vector side, what the hybrid and both sides come to with it, and what decided. */
export function formatFusion(weight: number, fusion: TunedFusion | undefined): string {
  const lines =
    fusion === undefined
      ? ['usual for such towers: the documents have no words to try it on', advice]
      : [
          figuresOf(fusion),
          ...classLines(fusion),
          ...(fusion.rule === 'usual' ? usualReasons(fusion) : tunedReasons(fusion)),
        ];
  return `fusion weight ${weight}: ${lines.join('\n  ')}`;
}

/** Where queries of two classes get weights of their own. */
function classLines({ classes }: TunedFusion): string[] {
  if (classes?.chosen === undefined) return [];
  const { fact, threshold, below, above } = classes.chosen;
  const gain = `+${classes.mean.toFixed(4)} (standard error ${classes.error.toFixed(4)}) on queries that had no say`;
  return [`by class of query: ${below} where ${fact} <= ${threshold}, else ${above}; ${gain}`];
}

function figuresOf({ on, queries, score, tokens, vectors }: TunedFusion): string {
  const asked = {
    judged: 'judged queries',
    validation: 'validation queries of the model',
    'known-item': 'queries drawn from the documents',
  }[on];
  const [hybrid, token, vector] = [score, tokens, vectors].map(figure => figure.toFixed(4));
  return `${tunedFigure} hybrid ${hybrid}, tokens ${token}, vectors ${vector} on ${queries.toLocaleString('en')} ${asked}`;
}

function usualReasons({ kind, usual, weight, few, tokens, vectors }: TunedFusion): string[] {
  const why =
    few === undefined ? 'no query is judged' : `${few} judged queries are too few (${leastQueries} are needed)`;
  const fault =
    vectors < fitShare * tokens
      ? 'vectors find less than half of what tokens find'
      : 'it would make these queries worse, the kind that the towers learnt from';
  return [
    `usual for ${kinds[kind]}, since ${why} and drawn ones know no synonyms`,
    ...(weight < usual ? [`cut from ${usual}, since ${fault}`] : []),
    advice,
  ];
}

function tunedReasons({ kind, usual, rule, asGood, best, judged }: TunedFusion): string[] {
  const chosen =
    asGood === undefined || asGood.low === asGood.high
      ? 'the best, ahead of every other by more than one standard error'
      : `half way from the best (${best}) to ${usual}, usual for ${kinds[kind]}, within one standard error of the best: ${asGood.low} to ${asGood.high}`;
  if (rule === 'plain') return [chosen];
  const [token, vector] = [judged.tokens, judged.vectors].map(share => share.toFixed(2));
  return [
    chosen,
    `by the mean of ${tunedFigure} and its condensed form, since judged@10 is ${token} for tokens and ${vector} for vectors`,
  ];
}
