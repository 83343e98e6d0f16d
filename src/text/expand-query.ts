import type { Analyzer, Token } from './analyzer.js';

/** What the expansion asks of an index: its terms as they came out of the same chain. */
export interface Vocabulary {
  /** documents that hold the term; 0 for an unknown one */
  df(term: string): number;
  /** weight of a term held by so many documents; falls with df, above 0 */
  idf(df: number): number;
  /** terms within a number of edits (insert, delete, replace, swap of neighbours), in any order */
  near(term: string, edits: 1 | 2): Iterable<string>;
}

/** A term that a query asks for. */
export interface ExpandedTerm {
  readonly term: string;
  /** what the term's idf is multiplied with; 1 for a word as it was typed */
  readonly weight: number;
  /**
   * typed: it stands in the query; joined: two words written as one; split: one written as two; corrected: the nearest known
   * term; part: a finer part of a word that no document holds; synonym: by a rule
   */
  readonly origin: 'typed' | 'part' | 'joined' | 'split' | 'corrected' | 'synonym';
  /** what was typed for it: a word, or two neighbours and what stands between them; and its span in the query, in UTF-16 units */
  readonly from: string;
  /** how the word is written; absent for a corrected one, whose term alone is known */
  readonly word?: string;
  readonly start: number;
  readonly end: number;
}

/** Weight of a corrected term: a little doubt. */
const correctedWeight = 0.8;
/** Weight of a joined word, as a share of the idf of its two halves together: a rare joined word must not outshout them. */
const joinedShare = 0.5;
/** A joined or corrected term stands in at least so many documents, each half of a split word in so many: else it is chance, or a fault too. */
const leastKnown = 3;
const leastKnownHalf = 5;
/** shortest term that is corrected, and from which on two edits are allowed */
const shortestCorrected = 5;
const shortestTwoEdits = 9;
const shortestHalf = 3;
/** longest model number that is cut */
const longestMixed = 32;

/** Letters and digits of those alphabets, both in one word: a model number, a size. */
const mixed =
  /^(?=.*\p{Nd})(?=.*[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\p{Nd}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+$/u;

/** Words of alphabets that part words by spaces: elsewhere words have no spelling to correct, and a segmenter cut them. */
const alphabetic = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+$/u;

/**
 * The terms to look up for a query, mended by the index's own vocabulary: a word that no document holds is corrected to the known term
 * nearest to it, or else parted into two known words (deckover -> deck over); two neighbours that documents write as one word (deck over)
 * ask for that word too. A word that some document holds is never replaced. Model numbers meet in all their forms: dv7-1211ea and dv7 1211ea
 * are two words already, and ask for dv71211ea too; dv71211ea is cut into two known parts where no document holds it whole.
 *
 * Chosen on Home Depot validation (nDCG@10 .3999 -> .4186, paired 95 % interval of the gain .012 to .026; corrections .010, splits .005,
 * joins .003). Correcting words that a few documents hold gained nothing there and cost .015 on Chorus. Model numbers: no change on either; titles of
 * Chorus asked for by their numbers, MRR@10: joined ones .02 -> .63, parted ones .01 -> .79.
 * @param tokens  of the text
 * @param isFixed  whether a word is to be taken as it is
 */
export function expandQuery(
  text: string,
  tokens: readonly Token[],
  analyzer: Analyzer,
  vocabulary: Vocabulary,
  isFixed: (token: Token) => boolean = () => false,
): ExpandedTerm[] {
  const written = tokens.map(({ start, end }) => text.slice(start, end));
  return tokens.flatMap((token, i): ExpandedTerm[] => {
    if (token.parts !== undefined || isFixed(token)) return typedTerms(text, token, vocabulary);
    const { start, end } = token;
    const mended = mend(token.term, written[i], analyzer, vocabulary).map(term => ({
      ...term,
      from: written[i],
      start,
      end,
    }));
    const next = tokens[i + 1];
    const whole = next && joined([token, next], written[i] + written[i + 1], analyzer, vocabulary);
    if (whole === undefined) return mended;
    return [...mended, { ...whole, from: text.slice(start, next.end), start, end: next.end }];
  });
}

/**
 * A word as it was typed. One that no document holds asks for its finer parts instead; together they count as one word, those of them that no
 * document holds either not counted.
 */
export function typedTerms(text: string, token: Token, { df }: Pick<Vocabulary, 'df'>): ExpandedTerm[] {
  const { term, start, end, parts } = token;
  const from = text.slice(start, end);
  const known = parts === undefined || df(term) > 0 ? [] : parts.filter(part => df(part.term) > 0);
  if (known.length === 0) return [{ term, weight: 1, origin: 'typed', from, start, end }];
  return known.map(part => ({ term: part.term, weight: 1 / known.length, origin: 'part', from, start, end }));
}

type Mended = Pick<ExpandedTerm, 'term' | 'weight' | 'origin' | 'word'>;

function mend(term: string, written: string, analyzer: Analyzer, vocabulary: Vocabulary): Mended[] {
  const typed: Mended[] = [{ term, weight: 1, origin: 'typed' }];
  if (vocabulary.df(term) > 0) return typed;
  const isWord = alphabetic.test(written);
  if (!isWord && !mixed.test(written)) return typed;
  const corrected = isWord ? nearest(term, vocabulary) : undefined;
  if (corrected !== undefined) return [{ term: corrected, weight: correctedWeight, origin: 'corrected' }];
  const halves = isWord ? bestSplit(written, analyzer, vocabulary) : rarestSplit(written, analyzer, vocabulary);
  return halves?.map(half => ({ ...half, weight: 1, origin: 'split' })) ?? typed;
}

/** One edit before two; then the most documents, where another first letter counts as e^2 times fewer; ties by the order of the terms. */
function nearest(term: string, vocabulary: Vocabulary): string | undefined {
  if (term.length < shortestCorrected) return undefined;
  return (
    best(vocabulary.near(term, 1)) ?? (term.length < shortestTwoEdits ? undefined : best(vocabulary.near(term, 2)))
  );

  function best(found: Iterable<string>): string | undefined {
    let chosen: string | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const candidate of found) {
      const df = vocabulary.df(candidate);
      if (df < leastKnown || !alphabetic.test(candidate)) continue;
      const score = Math.log(df) - (candidate[0] === term[0] ? 0 : 2);
      if (score < most || (score === most && chosen !== undefined && chosen < candidate)) continue;
      most = score;
      chosen = candidate;
    }
    return chosen;
  }
}

type Half = Required<Pick<Mended, 'term' | 'word'>>;

/** The two words whose rarer one is the most common; `undefined` where no cut gives two known words. */
function bestSplit(written: string, analyzer: Analyzer, vocabulary: Vocabulary): Half[] | undefined {
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
  if (written.length > longestMixed) return undefined;
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
  const [left, right] = words.map(word => onlyTerm(word, analyzer));
  if (left === undefined || right === undefined) return undefined;
  return [
    { term: left, word: words[0] },
    { term: right, word: words[1] },
  ];
}

const rarer = (halves: readonly Half[], vocabulary: Vocabulary): number =>
  Math.min(...halves.map(({ term }) => vocabulary.df(term)));

/** The term of two neighbours written as one word, weighed so that it counts half of what both count. */
function joined(
  [left, right]: readonly [Token, Token],
  written: string,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
): Mended | undefined {
  if (right.position !== left.position + 1) return undefined;
  const isWord = alphabetic.test(written);
  if (!isWord && !mixed.test(written)) return undefined;
  const term = onlyTerm(written, analyzer);
  // a model number may stand in one document alone
  if (term === undefined || vocabulary.df(term) < (isWord ? leastKnown : 1)) return undefined;
  const idf = (of: string): number => vocabulary.idf(vocabulary.df(of));
  const weight = (joinedShare * (idf(left.term) + idf(right.term))) / idf(term);
  return { term, weight, origin: 'joined' };
}

function onlyTerm(word: string, analyzer: Analyzer): string | undefined {
  const tokens = analyzer.analyze(word);
  return tokens.length === 1 ? tokens[0].term : undefined;
}
