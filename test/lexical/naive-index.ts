import type { DocumentRow } from '../../src/config/rows.js';
import type { WantedHits } from '../../src/lexical/prepared-query.js';
import type { TokenIndexOptions } from '../../src/lexical/token-index.js';
import type { Candidate } from '../../src/ranking/candidate.js';
import { createAnalyzer, termsAt } from '../../src/text/analyzer.js';
import { knownForms } from '../../src/text/known-forms.js';

/** The oracle: a Map of documents, every statistic counted anew for every query, the formula as it stands in the literature. */
export function naiveSearch(
  documents: ReadonlyMap<string, DocumentRow>,
  options: TokenIndexOptions,
  query: WantedHits & { readonly text: string; readonly language?: string },
): Candidate[] {
  const { k1, b } = options.bm25;
  const fields = Object.entries(options.fieldWeights).filter(([, weight]) => weight > 0);
  const tokensOf = (text: string, language = options.language) =>
    createAnalyzer(language, { beside: options.language }).analyze(text);
  const analysed = [...documents.values()].map(document => ({
    id: document.id,
    fields: fields.map(([field]) =>
      tokensOf(typeof document[field] === 'string' ? document[field] : '', document.language).map(termsAt),
    ),
  }));
  const averages = fields.map((_, f) => {
    const lengths = analysed.map(document => document.fields[f].length).filter(length => length > 0);
    return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  });
  const df = (term: string): number =>
    analysed.filter(other => other.fields.some(words => words.some(terms => terms.includes(term)))).length;
  const idf = (documents: number): number => Math.log(1 + (analysed.length - documents + 0.5) / (documents + 0.5));
  const asked = tokensOf(query.text, query.language).flatMap(token =>
    knownForms(token, { df, idf }).flatMap(({ terms, weight }) => terms.map(({ term }) => ({ term, weight }))),
  );
  const hits = analysed.map(document => {
    let score = 0;
    for (const { term, weight: share } of asked) {
      let frequency = 0;
      fields.forEach(([, weight], f) => {
        const tf = document.fields[f].filter(terms => terms.includes(term)).length;
        if (tf > 0) frequency += (weight * tf) / (1 - b + (b * document.fields[f].length) / averages[f]);
      });
      if (frequency > 0) score += share * idf(df(term)) * (frequency / (k1 + frequency));
    }
    return { id: document.id, score };
  });
  return hits
    .filter(hit => hit.score > 0 && (query.accept?.(hit.id) ?? true))
    .sort((x, y) => y.score - x.score || (x.id < y.id ? -1 : 1));
}
