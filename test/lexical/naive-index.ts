import type { DocumentRow } from '../../src/config/rows.js';
import type { WantedHits } from '../../src/lexical/prepared-query.js';
import type { TokenIndexOptions } from '../../src/lexical/token-index.js';
import type { Candidate } from '../../src/ranking/candidate.js';
import { createAnalyzer, type Token, termsAt } from '../../src/text/analyzer.js';
import { knownForms } from '../../src/text/known-forms.js';
import { chainLanguage } from '../../src/text/language.js';

/** The oracle: a Map of documents, every statistic counted anew for every query, the formula as it stands in the literature. */
export function naiveSearch(
  documents: ReadonlyMap<string, DocumentRow>,
  options: TokenIndexOptions,
  query: WantedHits & { readonly text: string; readonly language?: string },
): Candidate[] {
  const { k1, b } = options.bm25;
  const fields = Object.entries(options.fieldWeights).filter(([, weight]) => weight > 0);
  const tokensOf = (text: string, language = options.language): Token[] =>
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
  const tokens = tokensOf(query.text, query.language);
  // what is asked for beside stop words: the forms of the other words that documents hold
  const formsOf = (token: Token) =>
    knownForms(token, { df, idf }).flatMap(({ terms, weight }) => terms.map(({ term }) => ({ term, weight })));
  const said = tokens.flatMap(token => (token.stop ? [token] : formsOf(token).map(({ term }) => ({ term }))));
  const languages = [...documents.values()].map(({ language }) => chainLanguage(language || options.language));
  const own = languages.filter(language => language === chainLanguage(query.language ?? options.language)).length;
  // rareness among the documents of its language; where there are none, or there is no other, among all
  const among = own === 0 ? 1 : analysed.length / own;
  const stopIdf = (term: string): number => idf(Math.min(analysed.length, df(term) * among));
  const weighed = weighWords(said, df, term => idf(df(term)), stopIdf);
  const stopWeight = (term: string): number => weighed.find(word => word.term === term && word.stop)?.weight ?? 1;
  const alone = tokens.every(({ stop }) => stop);
  const asked = tokens.flatMap((token): { term: string; weight: number; stop?: boolean }[] => {
    if (!token.stop) return formsOf(token);
    return alone
      ? [{ term: token.term, weight: 1 }]
      : [{ term: token.term, weight: stopWeight(token.term), stop: true }];
  });
  const hits = analysed.map(document => {
    let score = 0;
    let found = false;
    for (const { term, weight: share, stop } of asked) {
      let frequency = 0;
      fields.forEach(([, weight], f) => {
        const tf = document.fields[f].filter(terms => terms.includes(term)).length;
        if (tf > 0) frequency += (weight * tf) / (1 - b + (b * document.fields[f].length) / averages[f]);
      });
      if (frequency > 0) score += share * idf(df(term)) * (frequency / (k1 + frequency));
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
  stopIdf = idf,
): WeighedWord[] {
  if (tokens.every(({ stop }) => stop)) return tokens.map(({ term }) => ({ term, weight: 1, stop: false }));
  const known = tokens.filter(({ term }) => df(term) > 0);
  const together = known.reduce((sum, { term, stop }) => sum + (stop ? stopIdf(term) : 0), 0);
  const lightest = Math.min(...known.filter(({ stop }) => !stop).map(({ term }) => idf(term)));
  const bound = Math.min(1, lightest / together);
  return tokens.map(({ term, stop = false }) => ({
    term,
    weight: stop && df(term) > 0 ? (bound * stopIdf(term)) / idf(term) : 1,
    stop,
  }));
}
