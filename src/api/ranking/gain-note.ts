import { meanOf } from '../../evaluation/tune-fusion.js';
import type { OrderFigures } from './measure-order.js';

/** Standard errors that a mean difference must exceed to be told from chance. */
const told = 2;

/** The mean difference over queries, and its standard error. */
function difference(first: readonly number[], again: readonly number[]): { mean: number; error: number } {
  const differences = again.map((value, query) => value - first[query]);
  const mean = meanOf(differences);
  return { mean, error: Math.sqrt(meanOf(differences.map(value => (value - mean) ** 2)) / differences.length) };
}

/** What to say of a gain: that it may be chance, or that it is one of knowing what people looked at. Of a loss nothing; the figures show it. */
export function gainNote(
  first: Pick<OrderFigures, 'ndcg' | 'condensed'>,
  again: Pick<OrderFigures, 'ndcg' | 'condensed'>,
): string[] {
  const [plain, condensed] = [difference(first.ndcg, again.ndcg), difference(first.condensed, again.condensed)];
  if (plain.mean <= 0) return [];
  const rise = `nDCG@10 rises by ${plain.mean.toFixed(4)}`;
  if (plain.mean <= told * plain.error)
    return [
      `${rise}, which ${first.ndcg.length} validation queries do not tell from chance (standard error ${plain.error.toFixed(4)}): measure it on other queries by \`tandem rank evaluate\` before you serve with it`,
    ];
  if (condensed.mean > told * condensed.error) return [];
  return [
    `${rise}, but among judged documents alone by ${condensed.mean.toFixed(4)}: most of the gain is knowing which documents people have looked at`,
  ];
}
