import type { Analyzer } from './analyzer.js';
import { alphabetic, isCode, type Vocabulary } from './vocabulary.js';
import { wordKey } from './word-key.js';

/** Letters of a word that others may begin with, and where they are looked for though documents hold the word: few of them. */
const shortestHead = 4;
const shortestCode = 3;
const mostOfRare = 20;
/** Units that stand behind it at least, and words with such a beginning. */
const shortestRest = 3;
const mostWords = 8;

/**
 * The terms of words that documents write as one of this word and another: macbook begins MacBookPro, samsung SamsungGalaxy. What stands behind it must be
 * a word that documents hold too, so that car does not find carpet.
 * @param written  in normal form
 * @param df       documents that hold the word itself
 * @param anyRest  whether what stands behind may be anything
 */
export function gluedHeads(
  written: string,
  df: number,
  analyzer: Analyzer,
  vocabulary: Vocabulary,
  anyRest = false,
): readonly string[] {
  if (written.length < shortestCode || df > mostOfRare) return [];
  const key = wordKey(written);
  if (isCode(written)) return df > 0 ? [] : codesThatBegin(key, analyzer, vocabulary);
  if (written.length < shortestHead || !alphabetic.test(written)) return [];
  const terms = new Set<string>();
  for (const word of vocabulary.beginning(key, mostWords)) {
    const other = wordKey(word);
    const rest = other.slice(key.length);
    if (rest.length < shortestRest || !/^[\p{L}\p{M}\p{Nd}]+$/u.test(rest)) continue;
    const isWord = anyRest || isKnown(rest.replace(/\p{Nd}+$/u, ''), analyzer, vocabulary);
    const term = isWord ? analyzer.onlyTerm(word) : undefined;
    if (term !== undefined && vocabulary.df(term) > 0) terms.add(term);
  }
  return [...terms];
}

/** Numbers of articles are often typed without the letters at their end: dhp482 is DHP482Z. */
function codesThatBegin(key: string, analyzer: Analyzer, vocabulary: Vocabulary): readonly string[] {
  const words = vocabulary
    .beginning(key, mostWords)
    .filter(word => /^\p{L}{1,3}$/u.test(wordKey(word).slice(key.length)));
  const terms = words.flatMap(word => analyzer.onlyTerm(word) ?? []);
  return [...new Set(terms)].filter(term => vocabulary.df(term) > 0);
}

function isKnown(rest: string, analyzer: Analyzer, { df }: Vocabulary): boolean {
  if (rest.length < shortestRest) return false;
  const term = analyzer.onlyTerm(rest);
  return term !== undefined && df(term) > 0;
}
