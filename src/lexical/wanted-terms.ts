import type { Analyzer, Token } from '../text/analyzer.js';
import { type ExpandedTerm, expandQuery, typedTerms, type Vocabulary } from '../text/expand-query.js';
import { type SynonymSpan, synonymShare } from '../text/synonyms.js';
import type { ExpandedQuery } from './analysis-chains.js';
import type { SegmentReader } from './segment-reader.js';

/** The vocabulary of an index as it is now. @param segments  all of them */
export function vocabularyOf(segments: readonly SegmentReader[], idf: (df: number) => number): Vocabulary {
  return {
    df: term => segments.reduce((sum, segment) => sum + segment.documentFrequency(term), 0),
    idf,
    near: (term, edits) => new Set(segments.flatMap(segment => segment.fuzzy(term, edits))),
  };
}

/**
 * The terms that the text of a bag asks for: its words, mended where the index is told to, their finer parts, and their synonyms. A stretch that a
 * rule replaces is left out; words that a rule names are not mended.
 * @param expanded  words of the text and the stretches that have synonyms
 * @param mends  whether unknown words are corrected and split, and neighbours joined
 */
export function wantedTerms(
  text: string,
  { tokens, spans }: ExpandedQuery,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
  mends: boolean,
): ExpandedTerm[] {
  const named = new Set<Token>();
  const replaced = new Set<Token>();
  for (const { from, to, keeps } of spans)
    for (const token of tokens.slice(from, to)) (keeps ? named : replaced).add(token);
  const kept = replaced.size === 0 ? tokens : tokens.filter(token => !replaced.has(token));
  const said = mends
    ? expandQuery(text, kept, analyzer, vocabulary, token => named.has(token))
    : kept.flatMap(token => typedTerms(text, token, vocabulary));
  return spans.length === 0 ? said : [...said, ...spans.flatMap(span => synonymTerms(text, tokens, span, vocabulary))];
}

/**
 * An alternative counts .8 of the stretch at most, however rare it is, so that a rare synonym does not outshout the word that was typed; in place of a
 * stretch it counts as typed. Alternatives of several words are asked for term by term here, in the bags of a tree; of a plain text
 * src/query/synonym-query.ts makes phrases of them.
 */
function synonymTerms(
  text: string,
  tokens: readonly Token[],
  { from, to, keeps, alternatives }: SynonymSpan,
  { df, idf }: Vocabulary,
): ExpandedTerm[] {
  const stretch = tokens.slice(from, to);
  const [start, end] = [stretch[0].start, stretch[stretch.length - 1].end];
  const together = (terms: readonly { readonly term: string }[]): number =>
    terms.reduce((sum, { term }) => sum + idf(df(term)), 0);
  return alternatives.flatMap(({ terms }) => {
    const weight = keeps ? synonymShare * Math.min(1, together(stretch) / together(terms)) : 1;
    return terms.map(
      ({ term }) => ({ term, weight, origin: 'synonym', from: text.slice(start, end), start, end }) as const,
    );
  });
}

/** How often the query asks for each term. */
export function countWanted(wanted: readonly ExpandedTerm[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { term, weight } of wanted) counts.set(term, (counts.get(term) ?? 0) + weight);
  return counts;
}

/** How the query came to ask for a term, in words; `undefined` where it was typed. */
export function originIn(wanted: readonly ExpandedTerm[]): (term: string) => string | undefined {
  return term => {
    const mended = wanted.filter(each => each.term === term && each.origin !== 'typed');
    if (mended.length === 0) return undefined;
    return mended.map(({ origin, from }) => `${origin} from ${JSON.stringify(from)}`).join(', ');
  };
}

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
