import type { Candidate } from '../lexical/candidate.js';
import type { TokenIndex } from '../lexical/token-index.js';

/** Share of what a query is worth that its best document has in nearly every query whose words the index knows. */
const ordinaryShare = 0.7;

/**
 * How far the token side has found what a query asks for: 1 where its best document has the greater part of what the words are worth, less
 * where it lacks words that tell documents apart, as those of another language do. A word is worth idf / (1 + k1): what BM25 gives it
 * once in a field of average length and weight 1.
 * @param token  what the side returned, best first
 * @param k1     of the index's BM25
 * @returns in [0, 1]; 1 for a text without words
 */
export function tokenCoverage(
  tokens: Pick<TokenIndex, 'termsOf' | 'idf'>,
  { text, language }: { readonly text: string; readonly language?: string },
  token: readonly Candidate[],
  k1: number,
): number {
  let worth = 0;
  for (const { term, weight, origin } of tokens.termsOf(text, language)) {
    // these stand for words that are counted already
    if (origin !== 'joined' && origin !== 'synonym') worth += (weight * tokens.idf(term)) / (1 + k1);
  }
  if (worth === 0 || token.length === 0) return 1;
  return Math.min(1, token[0].score / (ordinaryShare * worth));
}
