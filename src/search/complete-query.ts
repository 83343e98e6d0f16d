import type { Filter } from '../query/filter.js';
import type { Query } from '../query/query.js';
import type { Analyzer } from '../text/analyzer.js';
import { normalise } from '../text/normalise.js';
import { wordKey } from '../text/word-key.js';
import { longestWritten, trimWord } from '../text/written-words.js';
import { type FoundTitle, titlesBeginning, titlesBeside, titlesOf } from './completed-titles.js';
import type { Completion, CompletionRequest } from './completion.js';
import { surfaceWords, type WordSources } from './surface-words.js';

/** Completions that may be asked for. */
export const mostCompletions = 50;

/** Words inside what stands behind the last space that are tried as the beginning of one: scripts without spaces, rock/pop. */
const mostCuts = 4;
/** Words before the one that is completed whose documents are asked, and the UTF-16 units in which they stand; all in front of them is kept as it is. */
const mostBefore = 4;
const longestHead = 96;
/** Words that are asked for together with those before them: whether a document holds both. */
const mostAsked = 8;
/** Of so many completions one place is a title's, where there is one: words alone would take all of them. */
const wordsToATitle = 4;
/** Documents that show how a term is written where an index keeps no words: that of the word typed so far, and another frequent one. */
const ownTitles = 16;
const frequentTitles = 4;

const hasLetter = /[\p{L}\p{N}]/u;

/**
 * Completions of a text that is being typed. Words come from the titles of the documents that the words before find, those of the most documents first; then
 * the most frequent words that texts of the index have, as they are written there: every beginning of one completes, whatever its stem, and without its
 * accents too. Then come titles that begin with the whole text.
 * @param within  what completes stands in the titles of documents that pass this
 * @param isShown  whether the title of a document may be proposed
 * @throws TandemError 'text/bad-language'
 */
export function completeQuery(
  sources: WordSources,
  { text, language, k }: CompletionRequest,
  within?: Filter,
  isShown: (id: string) => boolean = () => true,
): Completion[] {
  const plain = normalise(text, 'und').text.replace(/\s+/g, ' ').trimStart();
  const { words, beside } = findWords(sources, plain, k, language, within);
  const typed = wordKey(plain);
  const called = new Map<string, Completion>();
  const titles =
    plain === ''
      ? []
      : [
          // emoji begin no word, but titles
          ...(hasLetter.test(plain) ? beside : titlesBeside(sources, lastWords(plain), language, within)),
          ...titlesOf(
            sources,
            words.map(({ word }) => word),
            within,
          ),
        ];
  for (const { id, title, key } of titles)
    if (key.startsWith(typed) && key !== typed && !called.has(key) && isShown(id))
      called.set(key, { text: title, kind: 'title', id });
  const kept = k - Math.min(called.size, Math.floor(k / wordsToATitle));
  // where nothing stands beside the words before, no more than a title can be said
  const known = words.filter(({ alone }) => !alone);
  const said = known.length > 0 || called.size > 0 ? known : words;
  const completions = said
    .slice(0, kept)
    .map(({ before, word }): Completion => ({ text: before + word, kind: 'word' }));
  return [...completions, ...called.values()].slice(0, k);
}

interface FoundWord {
  /** what of the text stands before the word */
  readonly before: string;
  readonly word: string;
  /** whether no document is known that holds it together with the words before */
  readonly alone: boolean;
}

/**
 * Words that go on with the last one typed, or with a later part of it where none does with all of it, best first; and the titles of documents that hold the
 * words before.
 */
function findWords(
  sources: WordSources,
  plain: string,
  k: number,
  language?: string,
  within?: Filter,
): { readonly words: readonly FoundWord[]; readonly beside: readonly FoundTitle[] } {
  const analyzer = sources.tokens.chains.analyzer(language);
  const cut = plain.lastIndexOf(' ') + 1;
  const [head, last] = [plain.slice(0, cut), plain.slice(cut)];
  const beside = head === '' ? [] : titlesBeside(sources, lastWords(head), language, within);
  const wordsBeginning = (begun: string): string[] =>
    within === undefined
      ? writtenWords(sources, begun, k, language)
      : wordsBeside(titlesBeginning(sources, begun, within, language), head, begun);
  const found: FoundWord[] = [];
  for (const at of cutsOf(last, analyzer)) {
    const [before, begun] = [head + last.slice(0, at), last.slice(at)];
    const next = wordsBeside(beside, head, begun);
    const written = begun === '' ? [] : wordsBeginning(begun);
    const words = inOrder([...new Set([...next, ...written])], begun, analyzer);
    const others = written.filter(word => !next.includes(word));
    const besideHead = head === '' ? others : standingBeside(sources, head, others, k - next.length, language, within);
    const together = new Set([...next, ...besideHead]);
    // what is typed already comes behind what goes on
    found.unshift(...words.map(word => ({ before, word, alone: !together.has(word) })));
    if (words.some(word => word !== begun)) break;
  }
  return { words: found, beside };
}

/** Those of the first words that a document holds together with those before, as many as are wanted. */
function standingBeside(
  { tokens }: WordSources,
  head: string,
  words: readonly string[],
  wanted: number,
  language?: string,
  within?: Filter,
): string[] {
  const found: string[] = [];
  for (const word of words.slice(0, mostAsked)) {
    if (found.length >= wanted) break;
    const query: Query = { bag: { text: lastWords(head) + word, operator: 'all' } };
    const prepared = tokens.prepare({ query, language, filter: within, spelling: false });
    if (prepared.search({ k: 1 }).length > 0) found.push(word);
  }
  return found;
}

/** @param head  ends with a space */
const lastWords = (head: string): string =>
  head
    .slice(-longestHead)
    .split(' ')
    .slice(-1 - mostBefore)
    .join(' ');

/** What is typed already, and function words, say least; neither is proposed before anything of it is typed. */
function inOrder(words: readonly string[], begun: string, analyzer: Analyzer): string[] {
  const isStopped = (word: string): boolean => analyzer.analyze(word).every(({ stop }) => stop);
  const ranked = words.map(word => ({ word, rank: word === begun ? 2 : isStopped(word) ? 1 : 0 }));
  const proposed = begun === '' ? ranked.filter(({ rank }) => rank === 0) : ranked;
  return proposed.sort((a, b) => a.rank - b.rank).map(({ word }) => word);
}

/** Where the word that is being typed may begin: behind the signs before it, or at one of the last words that stand there without a space. */
function cutsOf(last: string, analyzer: Analyzer): number[] {
  if (last === '') return [0];
  const whole = Math.max(0, last.search(/[\p{L}\p{N}]/u));
  const from = Math.max(whole, last.length - longestWritten);
  const inner = analyzer.analyze(last.slice(from)).map(({ start }) => from + start);
  return [...new Set([...(from === whole ? [whole] : []), ...inner.slice(-mostCuts)])];
}

/** Words of the titles that begin with the last one typed, by how many titles hold them; none that was typed before. */
function wordsBeside(titles: readonly FoundTitle[], head: string, begun: string): string[] {
  if (titles.length === 0) return [];
  const typed = new Set(head.split(' ').map(wordKey));
  const key = wordKey(begun);
  const counts = new Map<string, number>();
  for (const { plain } of titles) {
    const written = new Set([...plain.split(/\s+/u).map(trimWord), ...(plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])]);
    for (const word of written) {
      const own = wordKey(word);
      const goesOn = own.startsWith(key) && own !== key && !typed.has(own);
      if (goesOn && (begun !== '' || isNextWord(word))) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}

/** What is proposed before anything of it is typed: a word, not a number or a code. */
const isNextWord = (word: string): boolean => /^[\p{L}\p{M}]+$/u.test(word) && /\p{L}{2}/u.test(word);

/** The most frequent words of the index that begin so, as documents write them; those with the accents that were typed first. */
function writtenWords(sources: WordSources, begun: string, most: number, language?: string): string[] {
  const { written } = sources.tokens.words;
  const found = written.frequent(wordKey(begun), most).map(({ term }) => term);
  const asTyped = (word: string): boolean => word.startsWith(begun);
  const sorted = [...found.filter(asTyped), ...found.filter(word => !asTyped(word))];
  return written.complete ? sorted : [...sorted, ...wordsOfTerms(sources, begun, most, language)];
}

/** The same of what was written before words were kept: the titles of documents show how their terms are written. */
function wordsOfTerms(sources: WordSources, begun: string, most: number, language?: string): string[] {
  const asWritten = (term: string, titles: number): string[] =>
    surfaceWords(sources, term, titles, language)
      .filter(word => word.startsWith(begun) && word !== begun)
      .slice(0, 1);
  // batterie is no beginning of its own stem, batteri
  const { analyze, stopWords } = sources.tokens.chains.analyzer(language);
  const own = analyze(begun.slice(0, longestWritten)).filter(({ stop }) => !stop);
  const frequent = sources.tokens.words
    .frequent(begun, most + stopWords.size)
    .filter(({ term }) => !stopWords.has(term))
    .slice(0, most);
  return [
    ...own.slice(0, mostCuts).flatMap(({ term }) => asWritten(term, ownTitles)),
    ...frequent.flatMap(({ term }) => asWritten(term, frequentTitles)),
  ];
}
