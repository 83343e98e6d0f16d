import type { TowerKind } from '../search/fusion-prior.js';
import { leastQueries, tunedFigure } from '../search/tune-index.js';
import type { TunedFusion } from '../search/tuned-fusion.js';

const kinds: Readonly<Record<TowerKind, string>> = {
  pairs: 'towers that learnt from pairs',
  documents: 'towers that learnt from documents alone',
  nothing: 'an imported encoder as it came',
};

const advice = 'judged queries (--queries, --qrels) tell more';

/** The weight of the vector side, what the hybrid and both sides come to with it, and what decided. */
export function formatFusion(weight: number, fusion: TunedFusion | undefined): string {
  return fusion === undefined
    ? `fusion weight ${weight}, as is usual: the documents have no words to try it on; ${advice}`
    : `fusion weight ${weight}: ${formatFigures(fusion)}\n  ${formatReason(fusion)}`;
}

function formatFigures({ on, queries, score, tokens, vectors }: TunedFusion): string {
  const asked = {
    judged: 'judged queries',
    validation: 'validation queries of the model',
    'known-item': 'queries drawn from the documents',
  }[on];
  const [hybrid, token, vector] = [score, tokens, vectors].map(figure => figure.toFixed(4));
  return `${tunedFigure} hybrid ${hybrid}, tokens ${token}, vectors ${vector} on ${queries.toLocaleString('en')} ${asked}`;
}

function formatReason(fusion: TunedFusion): string {
  const { rule, kind, usual, weight, asGood, best, judged, few } = fusion;
  const usually = `usual for ${kinds[kind]}`;
  if (rule === 'usual') {
    const why =
      few === undefined ? 'no query is judged' : `${few} judged queries are too few, ${leastQueries} are needed`;
    const cut = weight < usual ? `, cut from ${usual}: vectors find less than half of what tokens find` : '';
    return `${why}, and drawn ones know no synonyms, so the weight is what is ${usually}${cut}; ${advice}`;
  }
  const chosen =
    asGood === undefined || asGood.low === asGood.high
      ? `the best weight is ahead of every other by more than a standard error`
      : `of the weights within one standard error of the best (${best}), ${asGood.low} to ${asGood.high}, the nearest to ${usual}, which is ${usually}`;
  if (rule === 'plain') return chosen;
  const [token, vector] = [judged.tokens, judged.vectors].map(share => share.toFixed(2));
  return `${chosen}; judged@10 is ${token} for tokens and ${vector} for vectors, so the mean of ${tunedFigure} and its condensed form decided`;
}
