import type { Analyzer, Token } from './analyzer.js';
import { type AskedTerms, inSequence, isOptional, oneTerm } from './asked-terms.js';
import { type Correction, correctWords, type DoubtfulWord } from './correct-words.js';
import { cutWord } from './cut-word.js';
import { gluedHeads } from './glued-heads.js';
import { joinedFrom } from './join-words.js';
import { inOtherKana } from './kana.js';
import { typedTerm as formsInPlace, knownForms } from './known-forms.js';
import { normalise } from './normalise.js';
import {
  alphabetic,
  isLongNumber,
  isThousands,
  joinMark,
  korean,
  longestCut,
  mixed,
  spelled,
  unparted,
  type Vocabulary,
} from './vocabulary.js';

/** Weight of the unit of a number, which adds to what the number finds. On Home Depot validation 1: .4319, .5: .4326, .25: .4334, .1: .4326. */
const unitWeight = 0.25;
/** Weight of a corrected term: a little doubt. */
const correctedWeight = 0.8;
/** Each half of a word that is cut where documents do not show it stands in so many of them: else it is chance. */
const leastKnownHalf = 5;
const shortestHalf = 3;
/** Weight of a longer word that documents write in place of this and another. */
const gluedShare = 0.5;
/** Units of work that a word takes, about, as it is and where it is mended. */
const wordWork = 4;
const mendedWork = 2048;
const wordsAtOnce = 256;

/**
 * What to look up for a query, mended by the index's own vocabulary. A word that no document holds is
 * - one that documents join by a hyphen (wifi: Wi-Fi), or write in several words that stand together (tshirt: t shirt),
 * - or corrected to a word that documents write (correct-words.ts),
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
  const read: ReadWord[] = [];
  for (const [i, token] of tokens.entries()) {
    const isCut = token.parts?.some(({ joins }) => !joins) === true;
    if (isCut || !vocabulary.takesWord()) {
      const written = text.slice(token.start, token.end);
      const isKorean = isCut && korean.test(written);
      const asked = typedTerms(text, token, vocabulary);
      if ((isKorean || (isCut && inOtherKana(written) !== undefined)) && vocabulary.takesWord()) {
        read.push({
          token,
          asked: isKorean ? [...asked, ...koreanCuts(text, token, analyzer, vocabulary)] : asked,
          joined: joinedFrom(text, tokens, i, analyzer, vocabulary),
        });
        yield mendedWork;
        continue;
      }
      read.push({ token, asked, joined: [] });
      if (i % wordsAtOnce === wordsAtOnce - 1) yield wordsAtOnce * wordWork;
      continue;
    }
    const joined = joinedFrom(text, tokens, i, analyzer, vocabulary);
    yield mendedWork;
    if (token.stop === true || token.unit === true) {
      read.push({ token, asked: [typedTerm(text, token)], joined });
      continue;
    }
    // 1.500 is typed for 1500
    const written = /^\d+$/.test(token.term) ? token.term : text.slice(token.start, token.end);
    const ways = waysOf(token, written, analyzer, vocabulary);
    const asked = inPlace(text, token, withoutJoined(ways, joined));
    const mayBeWrong = spelled.test(written) && !isFixed(token) && isDoubtful(asked, written, vocabulary);
    read.push({ token, asked, joined, written, mayBeWrong });
  }
  const corrections = yield* correctRead(read, analyzer, vocabulary);
  return read.flatMap(({ token, asked, joined, written }): readonly AskedTerms[] => {
    const correction = corrections.get(token);
    const meant = correction === undefined ? [] : inPlace(text, token, corrected(correction, vocabulary));
    if (written === undefined || asked.length > 0)
      return [...asked, ...meant.map(each => ({ ...each, beside: true as const })), ...joined];
    if (meant.length > 0) return [...meant, ...joined];
    return [...inPlace(text, token, partedByChance(token, written, analyzer, vocabulary)), ...joined];
  });
}

/** A word of the query with what is asked for it. */
interface ReadWord {
  readonly token: Token;
  /** none where no document knows it */
  readonly asked: readonly AskedTerms[];
  /** words that documents write as one, of which it is the first */
  readonly joined: readonly AskedTerms[];
  /** how it is typed; absent where it is taken so */
  readonly written?: string;
  /** whether it is looked for what may have been meant: no document knows it, or hardly any */
  readonly mayBeWrong?: boolean;
}

/** Documents that write a word as it is typed which may be wrong too, and the shortest such word. */
const mostOfDoubtful = 5;
const shortestDoubtful = 5;

function isDoubtful(asked: readonly AskedTerms[], written: string, { df }: Vocabulary): boolean {
  if (asked.length === 0) return true;
  if (written.length < shortestDoubtful) return false;
  const isOneWord = asked.every(({ origin }) => origin === 'typed' || origin === 'variant');
  return isOneWord && asked.every(({ terms }) => terms.every(({ term }) => df(term) <= mostOfDoubtful));
}

/** Corrects words that may be wrong, but for those that are known together with their neighbours. */
function* correctRead(
  read: readonly ReadWord[],
  analyzer: Analyzer,
  vocabulary: Vocabulary,
): Generator<number, ReadonlyMap<Token, Correction>> {
  const joins = read.flatMap(({ joined }) => joined);
  const isJoined = ({ position }: Token): boolean =>
    joins.some(({ first, last }) => first <= position && position <= last);
  const known = new Map<number, string>();
  const doubtful: DoubtfulWord[] = [];
  for (const { token, asked, written = '', mayBeWrong } of read) {
    const term = asked.find(each => !isOptional(each))?.terms[0].term;
    if (term !== undefined && vocabulary.df(term) > 0) known.set(token.position, term);
    if (mayBeWrong && !isJoined(token)) doubtful.push({ token, written: normalise(written, 'und').text, term });
  }
  if (doubtful.length === 0) return new Map();
  yield* vocabulary.learning();
  return correctWords(doubtful, known, analyzer, vocabulary);
}

/** What a corrected word asks for: what it would if it had been typed, with a little doubt. */
function corrected({ word, tokens }: Correction, vocabulary: Vocabulary): readonly Mended[] {
  const [only] = tokens;
  const forms: readonly Mended[] =
    tokens.length === 1
      ? knownForms(only, vocabulary)
      : [{ terms: inSequence(tokens.map(({ term }) => term)), weight: 1, origin: 'corrected' }];
  return forms.map(form => ({ ...form, weight: form.weight * correctedWeight, origin: 'corrected', word }));
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
export function typedTerm(text: string, token: Token): AskedTerms {
  const { start, end, position } = token;
  return {
    terms: formsInPlace(token),
    weight: token.unit ? unitWeight : 1,
    origin: token.stop ? 'stop word' : token.unit ? 'unit' : 'typed',
    from: text.slice(start, end),
    start,
    end,
    first: position,
    last: position,
  };
}

/**
 * A word as it was typed, with its other forms. One that no document holds asks for its finer parts instead; together they count as one word, those of
 * them that no document holds either not counted.
 */
export function typedTerms(text: string, token: Token, vocabulary: Pick<Vocabulary, 'df' | 'idf'>): AskedTerms[] {
  const isAlone = token.variants === undefined && token.parts === undefined;
  if (token.stop || token.unit || isAlone) return [typedTerm(text, token)];
  const stretch = stretchOf(text, token);
  const forms = knownForms(token, vocabulary);
  if (forms.length > 0) return forms.map(form => ({ ...form, ...stretch }));
  const known = token.parts?.filter(part => !part.joins && vocabulary.df(part.term) > 0) ?? [];
  if (known.length === 0) return [typedTerm(text, token)];
  const terms = inSequence(known.map(part => part.term));
  return [{ ...stretch, terms, apart: true, anywhere: true, weight: 1 / known.length, origin: 'part' }];
}

type Mended = Omit<AskedTerms, keyof Stretch>;

const inPlace = (text: string, token: Token, ways: readonly Mended[]): AskedTerms[] =>
  ways.map(each => ({ ...stretchOf(text, token), ...each }));

/** The ways to write a word that documents know: as it is typed, joined, or parted where its parts stand together. */
function waysOf(token: Token, written: string, analyzer: Analyzer, vocabulary: Vocabulary): Mended[] {
  const { df, idf } = vocabulary;
  const { term } = token;
  const ways: Mended[] = [...knownForms(token, vocabulary)];
  const isWord = alphabetic.test(written) || unparted.test(written);
  if (!isWord && !mixed.test(written) && !isLongNumber(written) && !isThousands(written)) return ways;
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
  for (const head of gluedHeads(written.toLowerCase(), most, analyzer, vocabulary))
    ways.push(besideWord(head, ways.length > 0, vocabulary, most));
  return ways;
}

/** A longer word that begins with the one that was typed: it counts half of it. */
const besideWord = (term: string, beside: boolean, { df, idf }: Vocabulary, most: number): Mended => ({
  terms: oneTerm(term),
  weight: gluedShare * (most === 0 ? 1 : Math.min(1, idf(most) / idf(df(term)))),
  origin: 'joined',
  ...(beside && { beside: true as const }),
});

/** What the word asks for together with the next one it does not ask for by itself too. */
const withoutJoined = (ways: readonly Mended[], joined: readonly AskedTerms[]): readonly Mended[] => {
  const asked = new Set(joined.flatMap(({ terms }) => (terms.length === 1 ? [terms[0].term] : [])));
  return asked.size === 0
    ? ways
    : ways.filter(({ terms, beside }) => !beside || terms.length > 1 || !asked.has(terms[0].term));
};

/** A Korean word that documents hold, as they write it with a space. One that they do not hold is found by its parts. */
function koreanCuts(text: string, token: Token, analyzer: Analyzer, vocabulary: Vocabulary): AskedTerms[] {
  const { df, idf } = vocabulary;
  const own = df(token.term);
  if (own === 0) return [];
  const ways = cutWord(text.slice(token.start, token.end), analyzer, vocabulary, true).map(
    ({ terms, word }): Mended => {
      const weight = Math.min(1, idf(own) / terms.reduce((sum, each) => sum + idf(df(each)), 0));
      return { terms: inSequence(terms), origin: 'split', word, weight, beside: true };
    },
  );
  return inPlace(text, token, ways);
}

/** A word that documents do not know in two words that they know, or else as it is typed. */
function partedByChance(token: Token, written: string, analyzer: Analyzer, vocabulary: Vocabulary): Mended[] {
  const split = alphabetic.test(written) ? bestSplit : mixed.test(written) ? rarestSplit : undefined;
  const halves = split?.(written, analyzer, vocabulary);
  if (halves === undefined) {
    const longer = gluedHeads(written.toLowerCase(), 0, analyzer, vocabulary, true);
    if (longer.length > 0) return longer.map((term, i) => besideWord(term, i > 0, vocabulary, 0));
    return [{ terms: formsInPlace(token), weight: 1, origin: 'typed' }];
  }
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
