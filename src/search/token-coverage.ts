import type { TokenIndex } from '../lexical/token-index.js';

/**
 * How far a token search can find what a text asks for: the share of its words, each counted by its idf, that some document holds. Words of
 * another language, and those that this catalogue has other words for, are rare beyond all others and so count the most.
 * @returns in (0, 1]; 1 for a text none of whose words is known, as there is nothing that could count for less
 */
export function tokenCoverage(
  tokens: Pick<TokenIndex, 'termsOf' | 'idf' | 'documentsWith'>,
  { text, language }: { readonly text: string; readonly language?: string },
): number {
  let [known, all] = [0, 0];
  for (const { term, origin } of tokens.termsOf(text, language)) {
    // these stand for words that are counted already
    if (origin === 'joined' || origin === 'synonym') continue;
    const idf = tokens.idf(term);
    all += idf;
    if (tokens.documentsWith(term, 1).length > 0) known += idf;
  }
  return known === 0 ? 1 : known / all;
}
