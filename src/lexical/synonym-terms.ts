import type { Token } from '../text/analyzer.js';
import type { AskedTerms } from '../text/asked-terms.js';
import { type SynonymSpan, synonymShare } from '../text/synonyms.js';
import type { Vocabulary } from '../text/vocabulary.js';
import type { ExpandedQuery } from './analysis-chains.js';

type Frequencies = Pick<Vocabulary, 'df' | 'idf'>;
type Stretch = Pick<AskedTerms, 'from' | 'start' | 'end' | 'first' | 'last'>;
type Terms = readonly { readonly term: string }[];

/** What the alternatives of a stretch of the text ask for. */
export function synonymTerms(
  text: string,
  tokens: readonly Token[],
  { from, to, keeps, alternatives }: SynonymSpan,
  vocabulary: Frequencies,
): AskedTerms[] {
  const stretch = tokens.slice(from, to);
  const [first, last] = [stretch[0], stretch[stretch.length - 1]];
  const [start, end] = [first.start, last.end];
  const place = { from: text.slice(start, end), start, end, first: first.position, last: last.position };
  return alternatives.map(other => alternativeOf(other, stretch, keeps, place, 1, vocabulary));
}

/**
 * An alternative counts .8 of the stretch at most, however rare it is and of however many words, so that it does not outshout what was typed; in
 * place of a stretch it counts as typed.
 * @param weight  of the stretch
 */
function alternativeOf(
  { terms, text: word }: SynonymSpan['alternatives'][number],
  stretch: Terms,
  keeps: boolean,
  place: Stretch,
  weight: number,
  { df, idf }: Frequencies,
): AskedTerms {
  const together = (of: Terms): number => of.reduce((sum, { term }) => sum + idf(df(term)), 0);
  const share = keeps ? synonymShare * Math.min(1, together(stretch) / together(terms)) : 1;
  return { terms, weight: weight * share, origin: 'synonym', ...(keeps && { beside: true }), ...place, word };
}

/** Ways to write words that are looked at for synonyms. */
const mostWays = 256;

/** A word of a query as documents write it. */
interface MeantWord {
  readonly term: string;
  readonly position: number;
  readonly asked: AskedTerms;
}

/**
 * The synonyms of what mending made of words: of a corrected word, of one that is cut, and of several that are joined, by themselves and together with the words
 * around them (`new yrok` has those of new york).
 * @param said  what the words ask for
 */
export function mendedSynonyms(
  tokens: readonly Token[],
  said: readonly AskedTerms[],
  spansOf: NonNullable<ExpandedQuery['spansOf']>,
  vocabulary: Frequencies,
): AskedTerms[] {
  const ways = said.filter(({ origin }) => origin === 'corrected' || origin === 'split' || origin === 'joined');
  if (ways.length === 0) return [];
  const found: AskedTerms[] = [];
  const add = (words: readonly MeantWord[], { keeps, alternatives }: SynonymSpan): void => {
    const [first, last] = [words[0].asked, words[words.length - 1].asked];
    const place = { from: first.from, start: first.start, end: last.end, first: first.first, last: last.last };
    const weight = Math.min(...words.map(({ asked }) => asked.weight));
    for (const other of alternatives)
      found.push({ ...alternativeOf(other, words, keeps, place, weight, vocabulary), beside: true });
  };
  const isWay = ({ origin }: AskedTerms): boolean => origin !== 'typed';
  // the query as it is meant: a word in the place of each that no document knows
  const instead = new Map(ways.filter(({ beside }) => !beside).map(way => [way.first, way] as const));
  if (instead.size > 0) {
    const meant = tokens.flatMap(token => meantWords(token, instead.get(token.position), said));
    const inOrder = meant.map((word, position) => ({ ...word, position }));
    for (const span of spansOf(inOrder)) {
      const words = inOrder.slice(span.from, span.to);
      if (words.some(({ asked }) => isWay(asked))) add(words, span);
    }
  }
  for (const way of ways.filter(({ beside }) => beside).slice(0, mostWays)) {
    const words = way.terms.map(({ term, position }): MeantWord => ({ term, position, asked: way }));
    for (const span of spansOf(words)) if (span.from === 0 && span.to === words.length) add(words, span);
  }
  return found;
}

function meantWords(token: Token, instead: AskedTerms | undefined, said: readonly AskedTerms[]): MeantWord[] {
  const asked = instead ?? said.find(({ first, origin }) => first === token.position && origin === 'typed');
  if (asked === undefined) return [];
  return asked.terms.map(({ term, position }) => ({ term, position, asked }));
}
