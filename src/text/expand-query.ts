import type { Analyzer, Token } from './analyzer.js';
import { type AskedTerms, inSequence, oneTerm } from './asked-terms.js';
import { nearestTerm } from './correct-word.js';
import { cutWord } from './cut-word.js';
import { joinedFrom } from './join-words.js';
import { typedTerm as formsInPlace, knownForms } from './known-forms.js';
import { alphabetic, isLongNumber, isThousands, joinMark, longestCut, mixed, type Vocabulary } from './vocabulary.js';

/** Weight of the unit of a number, which adds to what the number finds. On Home Depot validation 1: .4319, .5: .4326, .25: .4334, .1: .4326. */
const unitWeight = 0.25;
/** Weight of a corrected term: a little doubt. */
const correctedWeight = 0.8;
/** Each half of a word that is cut where documents do not show it stands in so many of them: else it is chance. */
const leastKnownHalf = 5;
const shortestHalf = 3;
/** Units of work that a word takes, about, as it is and where it is mended. */
const wordWork = 4;
const mendedWork = 2048;
const wordsAtOnce = 256;

/**
 * What to look up for a query, mended by the index's own vocabulary. A word that no document holds is
 * - one that documents join by a hyphen (wifi: Wi-Fi), or write in several words that stand together (tshirt: t shirt),
 * - or corrected to the known term nearest to it,
 * - or parted into two known words (deckover: deck, over).
 * Of a long text the first words are mended (Vocabulary.takesWord).
 * A word that some document holds is never replaced: the ways to join and part it are asked for beside it. So are neighbours that documents write as one
 * word (deck over, dv7-1211ea; a-line). No word is mended into a stop word.
 *
 * Chosen on Home Depot validation (nDCG@10 .3999 -> .4186, paired 95 % interval of the gain .012 to .026; corrections .010, splits .005,
 * joins .003). Correcting words that a few documents hold gained nothing there and cost .015 on Chorus. Model numbers: no change on either; titles of
 * Chorus asked for by their numbers, MRR@10: joined ones .02 -> .63, parted ones .01 -> .79.
 * @param tokens  of the text
 * @param isFixed  whether a word is not corrected
 * @yields units of work (src/search/turns.ts)
 */
export function* expandQuery(
  text: string,
  tokens: readonly Token[],
  analyzer: Analyzer,
  vocabulary: Vocabulary,
  isFixed: (token: Token) => boolean = () => false,
): Generator<number, AskedTerms[]> {
  const asked: AskedTerms[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.parts?.some(({ joins }) => !joins) || !vocabulary.takesWord()) {
      asked.push(...typedTerms(text, token, vocabulary));
      if (i % wordsAtOnce === wordsAtOnce - 1) yield wordsAtOnce * wordWork;
      continue;
    }
    // 1.500 is typed for 1500
    const written = /^\d+$/.test(token.term) ? token.term : text.slice(token.start, token.end);
    const asTyped = token.stop === true || token.unit === true;
    const mended = asTyped ? [typedTerm(text, token)] : mend(token, written, analyzer, vocabulary, !isFixed(token));
    for (const each of mended) asked.push({ ...stretchOf(text, token), ...each });
    asked.push(...joinedFrom(text, tokens, i, analyzer, vocabulary));
    yield mendedWork;
  }
  return asked;
}

type Stretch = Pick<AskedTerms, 'from' | 'start' | 'end' | 'first' | 'last'>;

const stretchOf = (text: string, { start, end, position }: Token): Stretch => ({
  from: text.slice(start, end),
  start,
  end,
  first: position,
  last: position,
});

/** A word as it was typed, or a stop word, or a unit. */
export const typedTerm = (text: string, token: Token): AskedTerms => ({
  terms: formsInPlace(token),
  weight: token.unit ? unitWeight : 1,
  origin: token.stop ? 'stop word' : token.unit ? 'unit' : 'typed',
  ...stretchOf(text, token),
});

/**
 * A word as it was typed, with its other forms. One that no document holds asks for its finer parts instead; together they count as one word, those of
 * them that no document holds either not counted.
 */
export function typedTerms(text: string, token: Token, vocabulary: Pick<Vocabulary, 'df' | 'idf'>): AskedTerms[] {
  if (token.stop || token.unit) return [typedTerm(text, token)];
  const stretch = stretchOf(text, token);
  const forms = knownForms(token, vocabulary);
  if (forms.length > 0) return forms.map(form => ({ ...form, ...stretch }));
  const known = token.parts?.filter(part => !part.joins && vocabulary.df(part.term) > 0) ?? [];
  if (known.length === 0) return [typedTerm(text, token)];
  const terms = inSequence(known.map(part => part.term));
  return [{ ...stretch, terms, apart: true, anywhere: true, weight: 1 / known.length, origin: 'part' }];
}

type Mended = Omit<AskedTerms, keyof Stretch>;

function mend(token: Token, written: string, analyzer: Analyzer, vocabulary: Vocabulary, corrects: boolean): Mended[] {
  const { df, idf } = vocabulary;
  const { term } = token;
  const ways: Mended[] = [...knownForms(token, vocabulary)];
  const asTyped: Mended[] = ways.length > 0 ? ways : [{ terms: formsInPlace(token), weight: 1, origin: 'typed' }];
  const isWord = alphabetic.test(written);
  if (!isWord && !mixed.test(written) && !isLongNumber(written) && !isThousands(written)) return asTyped;
  // each way to write the word counts as the most common one: a rare spelling says no more
  const joined = joinMark + term;
  const most = Math.max(df(term), df(joined));
  const share = (terms: readonly string[]): number =>
    most === 0 ? 1 : Math.min(1, idf(most) / terms.reduce((sum, each) => sum + idf(df(each)), 0));
  if (df(joined) > 0)
    ways.push({
      terms: oneTerm(joined),
      weight: share([joined]),
      origin: 'joined',
      ...(ways.length > 0 && { beside: true }),
    });
  for (const { terms, word, apart } of cutWord(written, analyzer, vocabulary, ways.length > 0)) {
    const counts =
      ways.length > 0 ? ({ weight: share(terms), beside: true } as const) : { weight: 1, ...(apart && { apart }) };
    ways.push({ terms: inSequence(terms), origin: 'split', word, ...counts });
  }
  if (ways.length > 0) return ways;
  const corrected = isWord && corrects ? nearestTerm(term, analyzer, vocabulary) : undefined;
  if (corrected !== undefined) return [{ terms: oneTerm(corrected), weight: correctedWeight, origin: 'corrected' }];
  const split = isWord ? bestSplit : mixed.test(written) ? rarestSplit : undefined;
  const halves = split?.(written, analyzer, vocabulary);
  if (halves === undefined) return asTyped;
  const word = halves.map(half => half.word).join(' ');
  return [
    { terms: inSequence(halves.map(half => half.term)), apart: true, anywhere: true, weight: 1, origin: 'split', word },
  ];
}

interface Half {
  readonly term: string;
  readonly word: string;
}

/** The two words whose rarer one is the most common; `undefined` where no cut gives two known words. */
function bestSplit(written: string, analyzer: Analyzer, vocabulary: Vocabulary): Half[] | undefined {
  if (written.length > longestCut) return undefined;
  let best: Half[] | undefined;
  let most = leastKnownHalf - 1;
  for (let cut = shortestHalf; cut <= written.length - shortestHalf; cut++) {
    const halves = halvesAt(written, cut, analyzer);
    const known = halves === undefined ? 0 : rarer(halves, vocabulary);
    if (known <= most) continue;
    most = known;
    best = halves;
  }
  return best;
}

/** A model number that documents write in two (dv71211ea -> dv7-1211ea): the two known parts whose rarer one says the most. */
function rarestSplit(written: string, analyzer: Analyzer, vocabulary: Vocabulary): Half[] | undefined {
  if (written.length > longestCut) return undefined;
  let best: Half[] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let cut = 1; cut < written.length; cut++) {
    const halves = halvesAt(written, cut, analyzer);
    const known = halves === undefined ? 0 : rarer(halves, vocabulary);
    if (known === 0 || known >= least) continue;
    least = known;
    best = halves;
  }
  return best;
}

function halvesAt(written: string, cut: number, analyzer: Analyzer): Half[] | undefined {
  const words = [written.slice(0, cut), written.slice(cut)];
  const [left, right] = words.map(word => analyzer.onlyTerm(word));
  if (left === undefined || right === undefined) return undefined;
  return [
    { term: left, word: words[0] },
    { term: right, word: words[1] },
  ];
}

const rarer = (halves: readonly Half[], vocabulary: Vocabulary): number =>
  Math.min(...halves.map(({ term }) => vocabulary.df(term)));
