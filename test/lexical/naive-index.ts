import type { DocumentRow } from '../../src/config/rows.js';
import type { WantedHits } from '../../src/lexical/prepared-query.js';
import type { TokenIndexOptions } from '../../src/lexical/token-index.js';
import type { Candidate } from '../../src/ranking/candidate.js';
import { createAnalyzer, type Token } from '../../src/text/analyzer.js';

/** The oracle: a Map of documents, every statistic counted anew for every query, the formula as it stands in the literature. */
export function naiveSearch(
  documents: ReadonlyMap<string, DocumentRow>,
  options: TokenIndexOptions,
  query: WantedHits & { readonly text: string; readonly language?: string },
): Candidate[] {
  const { k1, b } = options.bm25;
  const fields = Object.entries(options.fieldWeights).filter(([, weight]) => weight > 0);
  const tokensOf = (text: string, language?: string): Token[] =>
    createAnalyzer(language ?? options.language).analyze(text);
  const termsOf = (text: string, language?: string): string[] => tokensOf(text, language).map(token => token.term);
  const analysed = [...documents.values()].map(document => ({
    id: document.id,
    fields: fields.map(([field]) =>
      termsOf(typeof document[field] === 'string' ? document[field] : '', document.language),
    ),
  }));
  const averages = fields.map((_, f) => {
    const lengths = analysed.map(document => document.fields[f].length).filter(length => length > 0);
    return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  });
  const dfOf = (term: string): number =>
    analysed.filter(other => other.fields.some(terms => terms.includes(term))).length;
  const idfOf = (term: string): number => Math.log(1 + (analysed.length - dfOf(term) + 0.5) / (dfOf(term) + 0.5));
  const words = weighWords(tokensOf(query.text, query.language), dfOf, idfOf);
  const hits = analysed.map(document => {
    let score = 0;
    let found = false;
    for (const { term, weight: share, stop } of words) {
      let frequency = 0;
      fields.forEach(([, weight], f) => {
        const tf = document.fields[f].filter(other => other === term).length;
        if (tf > 0) frequency += (weight * tf) / (1 - b + (b * document.fields[f].length) / averages[f]);
      });
      if (frequency > 0) score += share * idfOf(term) * (frequency / (k1 + frequency));
      if (frequency > 0 && !stop) found = true;
    }
    return { id: document.id, score: found ? score : 0 };
  });
  return hits
    .filter(hit => hit.score > 0 && (query.accept?.(hit.id) ?? true))
    .sort((x, y) => y.score - x.score || (x.id < y.id ? -1 : 1));
}

export interface WeighedWord {
  readonly term: string;
  readonly weight: number;
  /** whether it is a stop word beside other words: no document is found by it */
  readonly stop: boolean;
}

/** Words of a query: stop words beside others count together no more than the least of the others that the index knows. */
export function weighWords(
  tokens: readonly Pick<Token, 'term' | 'stop'>[],
  df: (term: string) => number,
  idf: (term: string) => number,
): WeighedWord[] {
  if (tokens.every(({ stop }) => stop)) return tokens.map(({ term }) => ({ term, weight: 1, stop: false }));
  const known = tokens.filter(({ term }) => df(term) > 0);
  const of = (stops: boolean): number[] =>
    known.filter(({ stop = false }) => stop === stops).map(({ term }) => idf(term));
  const together = of(true).reduce((sum, each) => sum + each, 0);
  const weight = Math.min(1, Math.min(...of(false)) / together);
  return tokens.map(({ term, stop = false }) => ({ term, weight: stop ? weight : 1, stop }));
}
