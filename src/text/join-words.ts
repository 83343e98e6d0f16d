import type { Analyzer, Token } from './analyzer.js';
import { type AskedTerms, inSequence } from './asked-terms.js';
import { cutWord } from './cut-word.js';
import { gluedWords } from './glued-words.js';
import { measureOf } from './join-parts.js';
import { inOtherKana } from './kana.js';
import { sameMeasures } from './same-measure.js';
import {
  alphabetic,
  isCode,
  isLongNumber,
  isThousands,
  joinMark,
  korean,
  longestCut,
  mixed,
  unparted,
  type Vocabulary,
} from './vocabulary.js';

/** Weight of a joined word, as a share of the idf of its words together: a rare joined word must not outshout them. */
const joinedShare = 0.5;
/** A measure in another unit counts so much of its number: the one that is typed comes first. */
const convertedShare = 0.9;
/** So does a word in the other syllabary of Japanese. */
const otherKanaShare = 0.9;
/** Its shortest one, in letters: shorter ones are endings and particles. */
const shortestKana = 2;
/** Neighbours that are joined at most, and the longest of more than two: the parts of a number, or of a word. */
const mostJoined = 6;
const longestOfMany = 8;
const longestOfWord = 4;
/** Neighbours of any length that may be a name, and the longest name that is cut anew. */
const mostOfName = 3;
const longestName = 24;

/**
 * The words that begin with a token and that documents write as one: deck over, dv7-1211ea, 978-0-306-40615-7. A number that is typed with one cut is
 * found with others too.
 */
export function joinedFrom(
  text: string,
  tokens: readonly Token[],
  from: number,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
): AskedTerms[] {
  const found = [measureFrom, mixedFrom, ratioFrom].flatMap(find => find(text, tokens, from, vocabulary));
  found.push(...kanaFrom(text, tokens, from, analyzer, vocabulary));
  let written = text.slice(tokens[from].start, tokens[from].end);
  for (let to = from + 1; to < Math.min(tokens.length, from + mostJoined); to++) {
    const [before, token] = [tokens[to - 1], tokens[to]];
    if (token.position !== before.position + 1 || token.start < before.end) break;
    const piece = text.slice(token.start, token.end);
    if (to > from + 1 && piece.length > longestOfMany) break;
    written += piece;
    if (written.length > longestCut) break;
    const run = tokens.slice(from, to + 1);
    for (const terms of joinedTerms(written, run, analyzer, vocabulary))
      found.push(joined(text, run, terms, vocabulary));
    if (to === from + 1 && written.length - piece.length > longestOfMany) break;
  }
  return found;
}

/** A number with its unit, as a name and in other units. */
function measureFrom(text: string, tokens: readonly Token[], from: number, vocabulary: Vocabulary): AskedTerms[] {
  let to = from + 1;
  while (to < tokens.length && tokens[to].unit) to++;
  const run = tokens.slice(from, to);
  if (run.length < 2 || run[0].unit) return [];
  const term = joinMark + measureOf(run);
  const named = vocabulary.df(term) === 0 ? [] : [{ ...joined(text, run, [term], vocabulary), weight: 1 }];
  return [...named, ...convertedFrom(text, run.slice(0, 2), vocabulary)];
}

/** The same measure in other units, where documents write it so; it counts as its number. */
function convertedFrom(text: string, run: readonly Token[], vocabulary: Vocabulary): AskedTerms[] {
  const { df, idf, together } = vocabulary;
  return sameMeasures(run[0].term, run[1].term).flatMap(terms => {
    const [number, unit] = terms;
    if (df(number) === 0 || df(unit) === 0 || together(terms) === 0) return [];
    const weight = (convertedShare * idf(df(number))) / (idf(df(number)) + idf(df(unit)));
    return [{ ...joined(text, run, terms, vocabulary), weight }];
  });
}

/** A number with its fraction, as others write it: 10.25 for 10 1/4. */
function mixedFrom(text: string, tokens: readonly Token[], from: number, vocabulary: Vocabulary): AskedTerms[] {
  if (!isWhole.test(tokens[from].term)) return [];
  const written = tokens[from].parts?.filter(({ joins, term }) => joins && isDecimal.test(term)) ?? [];
  return written
    .filter(({ term }) => vocabulary.df(term) > 0)
    .map(({ term }) => joined(text, tokens.slice(from, from + 2), [term], vocabulary));
}
const isWhole = /^\d+$/;
const isDecimal = /^\d+\.\d+$/;

/** A ratio as others write it: 16:9, 16/9 for 16x9, and 16 x 9 for these. */
function ratioFrom(text: string, tokens: readonly Token[], from: number, vocabulary: Vocabulary): AskedTerms[] {
  const [first, second] = tokens.slice(from, from + 2);
  const sides = isRatio.test(first.term) ? first.term.split('/') : [];
  if (sides.length > 0) return vocabulary.together(sides) > 0 ? [joined(text, [first], sides, vocabulary)] : [];
  if (second === undefined || !isSide.test(first.term) || !isSide.test(second.term)) return [];
  if (!isTimes.test(text.slice(first.end, second.start))) return [];
  const ratio = `${first.term}/${second.term}`;
  return vocabulary.df(ratio) > 0 ? [joined(text, [first, second], [ratio], vocabulary)] : [];
}
const isRatio = /^\d{1,3}\/\d{1,3}$/;
const isSide = /^\d{1,3}$/;
const isTimes = /^ ?[x×*] ?$/i;

/** A word of one syllabary in the other, also where a dictionary has cut it: ぴあ|の for ピアノ. */
function kanaFrom(
  text: string,
  tokens: readonly Token[],
  from: number,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
): AskedTerms[] {
  const found: AskedTerms[] = [];
  for (let to = from; to < Math.min(tokens.length, from + mostJoined); to++) {
    if (to > from && tokens[to].start !== tokens[to - 1].end) break;
    const other = inOtherKana(text.slice(tokens[from].start, tokens[to].end));
    if (other === undefined || other.length > longestCut) break;
    const run = tokens.slice(from, to + 1);
    if (other.length < shortestKana || run.every(({ stop }) => stop)) continue;
    // a dictionary may cut this one too: ら|ー|めん
    const terms = analyzer.analyze(other).map(({ term }) => term);
    if (terms.length === 0 || !terms.every(term => vocabulary.df(term) > 0)) continue;
    if (terms.length > 1 && vocabulary.together(terms) === 0) continue;
    found.push({ ...joined(text, run, terms, vocabulary), weight: otherKanaShare });
  }
  return found;
}

/** What else documents may hold for neighbours: one term, or the terms of another cut. */
function joinedTerms(
  written: string,
  run: readonly Token[],
  analyzer: Analyzer,
  vocabulary: Vocabulary,
): (readonly string[])[] {
  const { df } = vocabulary;
  const isNumber = mixed.test(written) || isLongNumber(written);
  if (!isNumber && !isWordOf(run, written) && !isThousandsOf(run, written)) return [];
  const term = analyzer.onlyTerm(written);
  if (term === undefined) return [];
  const found = df(term) > 0 ? [[term]] : [];
  // words that a document joins in the same way are found by themselves
  if ((isNumber || run.some(token => df(token.term) === 0)) && df(joinMark + term) > 0) found.push([joinMark + term]);
  if (
    !isLongNumber(written) &&
    !(isName(run, written) && run.every((token, i) => i === 0 || token.start === run[i - 1].end + 1))
  )
    return found;
  const own = run.map(token => token.term).join(' ');
  const cuts = cutWord(written, analyzer, vocabulary, true).map(({ terms }) => terms);
  return [...found, ...cuts.filter(terms => terms.join(' ') !== own)];
}

/** A number of an article, or a name with a number in it: galaxy s23ultra. */
const isName = (run: readonly Token[], written: string): boolean =>
  isCode(written) || (mixed.test(written) && run.length <= mostOfName && written.length <= longestName);

const lengthsOf = (run: readonly Token[]): number[] => run.map(({ start, end }) => end - start);
const isWordOf = (run: readonly Token[], written: string): boolean =>
  (alphabetic.test(written) || korean.test(written) || unparted.test(written)) &&
  (run.length <= mostOfName || lengthsOf(run).every(length => length <= longestOfWord));
const isThousandsOf = (run: readonly Token[], written: string): boolean =>
  isThousands(written) &&
  lengthsOf(run)
    .slice(1)
    .every(length => length === 3);

/** Words of a run that documents are found by too which write it as one with a number. */
function gluedIn(run: readonly Token[], text: string): readonly Token[] {
  const pieces = run.map(({ start, end }) => text.slice(start, end));
  const written = pieces.join('');
  const glued = gluedWords(written).map(({ from, to }) => written.slice(from, to));
  return run.filter((_, i) => glued.includes(pieces[i]));
}

/** A word counts half of what its two words count, a number and what has three parts as much as these. */
function joined(text: string, run: readonly Token[], terms: readonly string[], { df, idf }: Vocabulary): AskedTerms {
  const [first, last] = [run[0], run[run.length - 1]];
  const together = (of: readonly string[]): number => of.reduce((sum, term) => sum + idf(df(term)), 0);
  const glued = terms.length === 1 ? gluedIn(run, text) : [];
  const typed = run.filter(token => !glued.includes(token)).map(token => token.term);
  const share = run.length > 2 || /\p{Nd}/u.test(text.slice(first.start, last.end)) ? 1 : joinedShare;
  return {
    terms: inSequence(terms),
    weight: (share * together(typed)) / together(terms),
    origin: 'joined',
    beside: true,
    from: text.slice(first.start, last.end),
    start: first.start,
    end: last.end,
    first: first.position,
    last: last.position,
  };
}
