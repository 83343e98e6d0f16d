import type { Token } from '../text/analyzer.js';
import { type SynonymSpan, synonymShare } from '../text/synonyms.js';

/**
 * The bag of a query: its terms with how often it asks for them. A word that no document holds asks for its finer parts instead; together they count
 * as one word, those of them that no document holds either not counted.
 * @param df  documents that hold a term; asked only for words that have parts
 */
export function queryBag(tokens: readonly Token[], df: (term: string) => number): Map<string, number> {
  const counts = new Map<string, number>();
  const ask = (term: string, times: number): void => {
    counts.set(term, (counts.get(term) ?? 0) + times);
  };
  for (const { term, parts } of tokens) {
    const known = parts === undefined || df(term) > 0 ? [] : parts.filter(part => df(part.term) > 0);
    if (known.length === 0) ask(term, 1);
    for (const part of known) ask(part.term, 1 / known.length);
  }
  return counts;
}

/**
 * The bag of a query with synonyms: a stretch that a rule replaces is left out, the terms of the alternatives come in. An alternative counts .8 of
 * the stretch at most, however rare it is, so that a rare synonym does not outshout the word that was typed; in place of a stretch it counts as typed.
 * Alternatives of several words are asked for term by term here; src/query/synonym-query.ts makes phrases of them.
 * @param idf  of a term by its df, above 0
 */
export function synonymBag(
  tokens: readonly Token[],
  spans: readonly SynonymSpan[],
  df: (term: string) => number,
  idf: (df: number) => number,
): Map<string, number> {
  const replaced = spans.filter(({ keeps }) => !keeps);
  const counts = queryBag(
    tokens.filter((_, i) => !replaced.some(({ from, to }) => i >= from && i < to)),
    df,
  );
  const together = (terms: readonly { readonly term: string }[]): number =>
    terms.reduce((sum, { term }) => sum + idf(df(term)), 0);
  for (const { from, to, keeps, alternatives } of spans) {
    const written = together(tokens.slice(from, to));
    for (const { terms } of alternatives) {
      const weight = keeps ? synonymShare * Math.min(1, written / together(terms)) : 1;
      for (const { term } of terms) counts.set(term, (counts.get(term) ?? 0) + weight);
    }
  }
  return counts;
}
