import type { ExpandedTerm } from '../text/expand-query.js';

/**
 * How far a token search can find what a text asks for: the share of its words, each counted by its idf, that some document holds. Words of
 * another language, and those that this catalogue has other words for, are rare beyond all others and so count the most.
 * @param terms  that the text asks for
 * @returns in (0, 1]; 1 for a text none of whose words is known, as there is nothing that could count for less
 */
export function knownShare(
  terms: readonly ExpandedTerm[],
  df: (term: string) => number,
  idf: (df: number) => number,
): number {
  let [known, all] = [0, 0];
  for (const { term, origin } of terms) {
    // these stand for words that are counted already
    if (origin === 'joined' || origin === 'synonym') continue;
    const documents = df(term);
    const weight = idf(documents);
    all += weight;
    if (documents > 0) known += weight;
  }
  return known === 0 ? 1 : known / all;
}
