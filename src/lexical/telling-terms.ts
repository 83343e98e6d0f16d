import type { DocumentRow, QueryToken } from '../config/rows.js';
import type { AnalysisChains } from './analysis-chains.js';
import { tokensGiven } from './field-tokens.js';
import type { IndexFields } from './index-fields.js';

/** UTF-16 units of the texts of a document that are looked at: what tells of a document stands at the beginning. */
const readUnits = 4_096;

/** What is known of the terms of an index. */
export interface TermCounts {
  readonly df: (term: string) => number;
  readonly idf: (df: number) => number;
}

/**
 * The terms by which some documents are told from others: those of the most occurrences, saturated as BM25 saturates them, times idf. Each weighs what its
 * occurrences are, the most 1: searches multiply by idf themselves. A term that one document alone holds finds no other, and is left out.
 * @param most  terms
 * @returns best first
 * @throws TandemError 'text/bad-language'
 */
export function tellingTerms(
  documents: readonly DocumentRow[],
  most: number,
  fields: IndexFields,
  chains: Pick<AnalysisChains, 'analyzer'>,
  { df, idf }: TermCounts,
): QueryToken[] {
  const weights = new Map<string, number>();
  for (const document of documents)
    for (const [term, tf] of countTerms(document, fields, chains))
      weights.set(term, (weights.get(term) ?? 0) + tf / (tf + 1));
  const known = [...weights].flatMap(([term, weight]) => {
    const found = df(term);
    return found < 2 ? [] : [{ term, weight, tells: weight * idf(found) }];
  });
  const best = known.sort((a, b) => b.tells - a.tells || (a.term < b.term ? -1 : 1)).slice(0, most);
  const top = Math.max(...best.map(({ weight }) => weight));
  return best.map(({ term, weight }) => ({ term, weight: weight / top }));
}

/** Each word under one term, without its finer parts and other forms; given tokens as they are. */
function countTerms(
  document: DocumentRow,
  fields: IndexFields,
  chains: Pick<AnalysisChains, 'analyzer'>,
): Map<string, number> {
  const analyzer = chains.analyzer(document.language);
  const counts = new Map<string, number>();
  const count = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1);
  let left = readUnits;
  for (const field of fields.names) {
    const given = tokensGiven(document, field);
    if (given !== undefined) for (const token of given) count(typeof token === 'string' ? token : token.term);
    else
      for (const { text } of fields.texts(document, field)) {
        for (const { term } of analyzer.analyze(text.slice(0, left))) count(term);
        left = Math.max(0, left - text.length);
      }
  }
  return counts;
}
