import type { Token } from './analyzer.js';
import { type AskedTerms, inSequence, oneTerm, type PlacedTerm } from './asked-terms.js';
import type { Vocabulary } from './vocabulary.js';
import type { Variant } from './word-forms.js';

/** What is asked for a word, whatever its place in a query. */
export type AskedForm = Omit<AskedTerms, 'from' | 'start' | 'end' | 'first' | 'last'>;

type Frequencies = Pick<Vocabulary, 'df' | 'idf'>;

/**
 * The forms of a word that documents hold, at most 25: its term, and beside it its variants, none of which outshouts it, however rare it is. Pieces of
 * the word are asked for together. Where no document holds the term, its variants stand for the word, and count as one word together.
 * @returns none where documents hold none of them
 */
export function knownForms(token: Token, vocabulary: Frequencies): readonly AskedForm[] {
  const { variants = [] } = token;
  const { df, idf } = vocabulary;
  const own = df(token.term);
  const typed: readonly AskedForm[] = own > 0 ? [{ terms: typedTerm(token), weight: 1, origin: 'typed' }] : [];
  if (variants.length === 0) return typed;
  const known = variants.filter(({ term }) => df(term) > 0);
  const whole = known.filter(({ piece }) => !piece);
  const pieces = known.filter(({ piece }) => piece);
  const allPieces = pieces.length === variants.filter(({ piece }) => piece).length;
  if (own === 0) return standingFor(whole, pieces);
  const weigh = ({ term, share }: Variant): number => share * Math.min(1, idf(own) / idf(df(term)));
  const forms = whole.map((each): AskedForm => ({ ...formOf(each), weight: weigh(each), beside: true }));
  if (pieces.length === 0 || !allPieces) return [...typed, ...forms];
  return [...typed, ...forms, { ...piecesOf(pieces), weight: Math.min(...pieces.map(weigh)), beside: true }];
}

const formOf = ({ term, share }: Variant): AskedForm => ({ terms: oneTerm(term), weight: share, origin: 'variant' });

const piecesOf = (pieces: readonly Variant[]): AskedForm => ({
  terms: inSequence(pieces.map(({ term }) => term)),
  apart: true,
  weight: pieces[0].share,
  origin: 'variant',
});

/** The first form is the word, the others are asked for beside it. */
function standingFor(whole: readonly Variant[], pieces: readonly Variant[]): readonly AskedForm[] {
  const together = [...whole, ...pieces].reduce((sum, { share }) => sum + share, 0);
  if (together === 0) return [];
  const scale = (share: number): number => Math.min(1, share / Math.min(1, together));
  const forms = [...whole].sort((a, b) => b.share - a.share).map(formOf);
  if (pieces.length > 0) forms.push(whole.length > 0 ? piecesOf(pieces) : { ...piecesOf(pieces), anywhere: true });
  return forms.map((form, i) => ({ ...form, weight: scale(form.weight), ...(i > 0 && { beside: true }) }));
}

/** A variant that is the same word in another form counts so much at least. */
export const sameWord = 0.5;

/** The terms under which a text may hold the very word, the first one as it is written: any of them takes its place in a phrase. */
export const placeTerms = ({ term, variants = [] }: Token): readonly string[] => [
  term,
  ...variants.flatMap(({ term: other, share }) => (share >= sameWord ? [other] : [])),
];

/** A word as it was typed, with its other forms. */
export function typedTerm(token: Token): readonly PlacedTerm[] {
  if (token.variants === undefined) return oneTerm(token.term);
  const [term, ...others] = placeTerms(token);
  return others.length === 0 ? oneTerm(term) : [{ term, position: 0, others }];
}
