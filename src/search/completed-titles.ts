import { normalise } from '../text/normalise.js';
import { wordKey } from '../text/word-key.js';
import type { WordSources } from './surface-words.js';

/** Documents whose titles are read for the words that stand beside those typed already. */
const contextTitles = 50;
/** Words whose documents are looked at for titles that go on with the text, and such documents of each. */
const titledWords = 8;
const titlesOfWord = 8;
/** UTF-16 units of a title that are read. */
const titleUnits = 512;

export interface FoundTitle {
  readonly id: string;
  readonly title: string;
  /** in normal form, and as beginnings are compared */
  readonly plain: string;
  readonly key: string;
}

/** Of the best documents for the words that were typed before the last one. @throws TandemError 'text/bad-language' */
export function titlesBeside(sources: WordSources, head: string, language?: string): FoundTitle[] {
  const found = sources.tokens.prepare({ text: head, language }).search({ k: contextTitles });
  return readTitles(
    sources,
    found.map(({ id }) => id),
  );
}

/** Of documents that write the first of some words, those before others whose titles begin with one. */
export function titlesOf(sources: WordSources, words: readonly string[]): FoundTitle[] {
  const { written } = sources.tokens.words;
  return readTitles(
    sources,
    words.slice(0, titledWords).flatMap(word => written.documentsWith(word, titlesOfWord, 'title')),
  );
}

function readTitles({ store }: WordSources, ids: readonly string[]): FoundTitle[] {
  return store.getMany([...new Set(ids)]).flatMap((row): FoundTitle[] => {
    if (row === undefined) return [];
    const plain = normalise(row.title.slice(0, titleUnits), 'und').text;
    return [{ id: row.id, title: row.title, plain, key: wordKey(plain) }];
  });
}
