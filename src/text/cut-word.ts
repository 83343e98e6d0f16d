import type { Analyzer } from './analyzer.js';
import {
  alphabetic,
  type Cut,
  isLongNumber,
  isThousands,
  korean,
  longestCut,
  mixed,
  unparted,
  type Vocabulary,
} from './vocabulary.js';

/** Parts that a word is cut into at most, and tries for one word. */
const mostParts = 6;
const mostTries = 512;
/** Ways to cut a number in two that are looked for. */
const mostHalves = 3;
/** Documents with a word of letters that is cut in three, at most. */
const mostOfRare = 20;
/**
 * Share of the documents with the rarer half that hold it together with the other half: one letter (`heater w`) stands beside many words, and a word
 * that documents hold as it is has another spelling only in halves that are hardly ever apart.
 */
const leastShare = { known: 0.5, letter: 0.5, pair: 0.1 };

/**
 * The ways to write a word in several that documents know: as parts that stand together somewhere, in the order of the word. A word of letters has one:
 * two parts before three, of two the ones that stand together most often; a number, which anybody cuts as they like, may have some more.
 * @param known  whether documents hold the word as it is
 */
export function cutWord(written: string, analyzer: Analyzer, vocabulary: Vocabulary, known: boolean): readonly Cut[] {
  if (written.length > longestCut) return [];
  const question = `${analyzer.language} ${known ? 'known' : 'unknown'} ${written}`;
  return vocabulary.cuts(question, () => cutsOf(written, analyzer, vocabulary, known));
}

function cutsOf(written: string, analyzer: Analyzer, vocabulary: Vocabulary, known: boolean): readonly Cut[] {
  if (isThousands(written)) {
    const groups = cutThousands(written);
    if (vocabulary.together(groups) > 0) return [{ terms: groups, word: groups.join(' ') }];
  }
  const isWord = alphabetic.test(written) || korean.test(written) || unparted.test(written);
  if (!isWord && !mixed.test(written) && !isLongNumber(written)) return [];
  const halves = cutInTwo(written, analyzer, vocabulary, isWord, known);
  if (isWord && (halves.length > 0 || (known && !isRare(written, analyzer, vocabulary)))) return halves.slice(0, 1);
  const parts =
    isWord || isLongNumber(written) || mixed.test(written)
      ? cutInMany(written, analyzer, vocabulary, isWord ? 2 : 1)
      : undefined;
  return [...halves.slice(0, mostHalves), ...(parts === undefined ? [] : [parts])];
}

/** Whether few documents hold a word, so that it is worth the time to look for three parts of it. */
function isRare(written: string, analyzer: Analyzer, { df }: Vocabulary): boolean {
  const term = analyzer.onlyTerm(written);
  return term !== undefined && df(term) <= mostOfRare;
}

/** 10000 -> 10 000 */
const cutThousands = (written: string): string[] => written.replace(/\B(?=(?:\d{3})+$)/g, ' ').split(' ');

/** The one term of a word that some document holds. */
function knownTerm(word: string, analyzer: Analyzer, { df }: Vocabulary): string | undefined {
  const term = analyzer.onlyTerm(word);
  return term !== undefined && df(term) > 0 ? term : undefined;
}

/** The same of the last part of a name, which may read as a measure: 7a of pixel7a is 7 and ampere, as in pixel 7a. */
function knownTerms(word: string, analyzer: Analyzer, vocabulary: Vocabulary): readonly string[] | undefined {
  const only = knownTerm(word, analyzer, vocabulary);
  if (only !== undefined) return [only];
  if (!isShortCode.test(word)) return undefined;
  const terms = analyzer.analyze(word).map(({ term }) => term);
  return terms.length === 2 && terms.every(term => vocabulary.df(term) > 0) ? terms : undefined;
}
const isShortCode = /^\d{1,6}\p{L}{1,2}$/u;

/** The ways to cut a word in two, the one that stands together most often first. */
function cutInTwo(written: string, analyzer: Analyzer, vocabulary: Vocabulary, isWord: boolean, known: boolean): Cut[] {
  const found: (Cut & { readonly documents: number })[] = [];
  for (let at = 1; at < written.length; at++) {
    const words = [written.slice(0, at), written.slice(at)];
    // the longer half first: most are no word, and then the other one need not be looked up
    const isLeft = at >= written.length - at;
    const longer = knownTerms(words[isLeft ? 0 : 1], analyzer, vocabulary);
    const other = longer && knownTerms(words[isLeft ? 1 : 0], analyzer, vocabulary);
    if (longer === undefined || other === undefined) continue;
    const terms = isLeft ? [...longer, ...other] : [...other, ...longer];
    const rarer = Math.min(...terms.map(vocabulary.df));
    const shorter = Math.min(words[0].length, words[1].length);
    const least = shareFor(isWord, known, shorter) * rarer;
    const documents = vocabulary.together(terms, least);
    if (documents === 0 || documents < least) continue;
    const apart = isWord && shorter > 2;
    found.push({ terms, word: words.join(' '), documents, ...(apart && { apart }) });
  }
  return found.sort((a, b) => b.documents - a.documents);
}

/** @param shorter  units of the shorter half */
function shareFor(isWord: boolean, known: boolean, shorter: number): number {
  if (!isWord) return 0;
  if (known) return leastShare.known;
  return shorter > 2 ? 0 : shorter > 1 ? leastShare.pair : leastShare.letter;
}

/** The fewest parts, three or more, that stand together; longer ones are tried first. @param shortest  units of a part */
function cutInMany(written: string, analyzer: Analyzer, vocabulary: Vocabulary, shortest: number): Cut | undefined {
  let tries = mostTries;
  const termAt = new Map<number, string | undefined>();
  const termOf = (from: number, to: number): string | undefined => {
    const key = from * (longestCut + 1) + to;
    if (!termAt.has(key)) {
      termAt.set(key, knownTerm(written.slice(from, to), analyzer, vocabulary));
    }
    return termAt.get(key);
  };
  const search = (from: number, parts: readonly string[], ends: readonly number[], left: number): Cut | undefined => {
    for (let to = left === 1 ? written.length : written.length - shortest; to >= from + shortest; to--) {
      if (tries-- <= 0) return undefined;
      const term = termOf(from, to);
      if (term === undefined) {
        if (left === 1) return undefined;
        continue;
      }
      const terms = [...parts, term];
      if (terms.length > 1 && vocabulary.together(terms) === 0) {
        if (left === 1) return undefined;
        continue;
      }
      const cut = [...ends, to];
      if (left === 1) return { terms, word: cut.map((end, i) => written.slice(cut[i - 1] ?? 0, end)).join(' ') };
      const found = search(to, terms, cut, left - 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (let count = 3; count <= mostParts && count * shortest <= written.length; count++) {
    const found = search(0, [], [], count);
    if (found !== undefined) return found;
  }
  return undefined;
}
