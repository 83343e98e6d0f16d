import { functionWordsOf, stopWordLanguages } from '../../src/text/stop-words.js';
import { detectLanguage } from './detect-language.js';

/** What can be told of the language of texts. */
export interface LanguageGuess {
  /** BCP 47; undefined where it cannot be told */
  readonly language?: string;
  /** why, or why not */
  readonly reason: string;
}

/** Scripts that stand for one language among those that people sell and search in, as far as a script can tell. */
const ofScript: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Devanagari}/gu, 'hi'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Armenian}/gu, 'hy'],
];

/** Scripts that several languages share; their function words tell these apart. */
const shared: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['Cyrillic', /\p{Script=Cyrillic}/gu, ['ru', 'uk', 'bg']],
  ['Arabic', /\p{Script=Arabic}/gu, ['ar', 'fa']],
];
const latin = /\p{Script=Latin}/gu;
const otherThanLatin = new Set([...ofScript.map(([, language]) => language), ...shared.flatMap(([, , all]) => all)]);
const latinLanguages = stopWordLanguages.filter(language => !otherThanLatin.has(language));

/** Fewer function words than this tell nothing. */
const leastHits = 20;
/** Fewer different ones may be names, and one that makes up more than this share of them is one. */
const leastWords = 5;
const mostOfOne = 0.7;
/** How much more often the first language must be met than the next. */
const lead = 1.25;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/**
 * Guesses the language that most texts are in: by their script, and where several languages share it by their function words
 * (articles, prepositions, conjunctions), of which titles alone hold few, or else by what letters stand beside one another.
 */
export function guessLanguage(texts: readonly string[]): LanguageGuess {
  const text = texts.join('\n').toLowerCase();
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return { reason: 'there are no letters' };
  const share = (pattern: RegExp): number => (text.match(pattern)?.length ?? 0) / letters;
  const kana = share(ofScript[0][0]);
  // Japanese is written with Chinese characters too: kana tell
  if (kana > 0.1) return { language: 'ja', reason: `${percent(kana)} of the letters are kana` };
  for (const [pattern, language] of ofScript) {
    const found = share(pattern);
    if (found > 0.4) return { language, reason: `${percent(found)} of the letters are of its script` };
  }
  for (const [script, pattern, languages] of shared) {
    if (share(pattern) > 0.4) return byWords(text, languages, `the script is ${script}`);
  }
  if (share(latin) > 0.5) return byWords(text, latinLanguages, 'the script is Latin');
  return { reason: 'the letters are of several scripts' };
}

function byWords(text: string, languages: readonly string[], script: string): LanguageGuess {
  const guess = byFunctionWords(text, languages, script);
  if (guess.language !== undefined) return guess;
  const detected = detectLanguage(text);
  if (detected === undefined) return guess;
  return { language: detected, reason: `${script}, and the sequences of letters are those of ${detected}` };
}

function byFunctionWords(text: string, languages: readonly string[], script: string): LanguageGuess {
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  // one letter may be a size, a unit or a name
  const lists = languages.map(language => ({
    language,
    words: functionWordsOf(language).filter(word => word.length > 1 && counts.has(word)),
  }));
  const sharedBy = (word: string): number => lists.filter(list => list.words.includes(word)).length;
  const ranked = lists
    .map(list => {
      const hits = list.words.map(word => counts.get(word) ?? 0);
      const total = hits.reduce((sum, count) => sum + count, 0);
      // a word of several languages speaks for each of them the less
      const weight = list.words.reduce((sum, word, i) => sum + hits[i] / sharedBy(word), 0);
      return { language: list.language, different: hits.length, total, most: Math.max(0, ...hits), weight };
    })
    .sort((a, b) => b.weight - a.weight);
  const [first, next] = ranked;
  const told = first.total >= leastHits && first.different >= leastWords && first.most <= mostOfOne * first.total;
  if (!told) return { reason: `${script}, and there are too few function words to tell the language by` };
  if (first.weight < lead * next.weight) {
    return { reason: `${script}, and the function words fit ${first.language} and ${next.language} about as well` };
  }
  return {
    language: first.language,
    reason: `${script}, and ${percent(first.total / words.length)} of the words are function words of ${first.language}`,
  };
}
