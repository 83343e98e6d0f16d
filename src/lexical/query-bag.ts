import type { Token } from '../text/analyzer.js';

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
