import { normalise } from '../text/normalise.js';
import type { Completion, CompletionRequest } from './completion.js';
import { surfaceWords, type WordSources } from './surface-words.js';

/** Completions that may be asked for. */
export const mostCompletions = 50;

/** Documents whose titles are read for the words that stand beside those typed already. */
const contextTitles = 50;
/** Documents that show how the term of the word typed so far is written, and those that show it for another frequent term. */
const ownTitles = 64;
const frequentTitles = 4;

/**
 * Completions of a text that is being typed. Words come from the titles of the documents that the words before find, those of the most
 * documents first; where these say nothing, from the most frequent terms of the index. Then come titles that begin with the whole text.
 * @throws TandemError 'text/bad-language'
 */
export function completeQuery(sources: WordSources, { text, language, k }: CompletionRequest): Completion[] {
  const plain = normalise(text, 'und').text.replace(/\s+/g, ' ').trimStart();
  const cut = plain.lastIndexOf(' ') + 1;
  const [head, last] = [plain.slice(0, cut), plain.slice(cut)];
  const titles = readTitles(sources, head, last, k, language);
  const { analyze } = sources.tokens.chains.analyzer(language);
  const stopped = (word: string): boolean => analyze(word).every(({ stop }) => stop);
  const words = wordsBeside(titles, head, last).filter(word => !stopped(word));
  if (words.length < k && last !== '') words.push(...frequentWords(sources, last, k - words.length, language));
  const completions = [...new Set(words)].slice(0, k).map((word): Completion => ({ text: head + word, kind: 'word' }));
  const called = new Map<string, Completion>();
  for (const { id, title, plain: whole } of titles) {
    const goesOn = plain !== '' && whole.startsWith(plain) && whole !== plain;
    if (goesOn && !called.has(whole)) called.set(whole, { text: title, kind: 'title', id });
  }
  return [...completions, ...called.values()].slice(0, k);
}

interface Title {
  readonly id: string;
  readonly title: string;
  /** in the form in which it is compared */
  readonly plain: string;
}

/** Of documents that hold the words before the last one; without such words, of some that hold a frequent word that begins so. */
function readTitles({ tokens, store }: WordSources, head: string, last: string, k: number, language?: string): Title[] {
  const ids =
    head === ''
      ? last === ''
        ? []
        : tokens.words.frequent(last, k).flatMap(({ term }) => tokens.words.documentsWith(term, frequentTitles))
      : tokens
          .prepare({ text: head, language })
          .search({ k: contextTitles })
          .map(({ id }) => id);
  return store
    .getMany([...new Set(ids)])
    .flatMap(row => (row ? [{ id: row.id, title: row.title, plain: normalise(row.title, 'und').text }] : []));
}

/** Words of the titles that begin with the last one typed, by how many titles hold them; none that was typed before. */
function wordsBeside(titles: readonly Title[], head: string, last: string): string[] {
  if (head === '') return [];
  const typed = new Set(head.split(' '));
  const counts = new Map<string, number>();
  for (const { plain } of titles) {
    for (const word of new Set(plain.match(/[\p{L}\p{M}\p{N}]+/gu))) {
      const added = word.startsWith(last) && word !== last && !typed.has(word) && /\p{L}{2}/u.test(word);
      if (added) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}

/** The most frequent words of the index that begin so, as documents write them. */
function frequentWords(sources: WordSources, last: string, most: number, language?: string): string[] {
  const begun = (term: string, titles: number): string[] =>
    surfaceWords(sources, term, titles, language)
      .filter(word => word.startsWith(last) && word !== last)
      .slice(0, 1);
  // batterie is no beginning of its own stem, batteri
  const { analyze, stopWords } = sources.tokens.chains.analyzer(language);
  const own = analyze(last).filter(({ stop }) => !stop);
  const frequent = sources.tokens.words
    .frequent(last, most + stopWords.size)
    .filter(({ term }) => !stopWords.has(term))
    .slice(0, most);
  return [
    ...own.flatMap(({ term }) => begun(term, ownTitles)),
    ...frequent.flatMap(({ term }) => begun(term, frequentTitles)),
  ];
}
