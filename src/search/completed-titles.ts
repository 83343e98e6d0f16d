import type { Filter } from '../query/filter.js';
import { normalise } from '../text/normalise.js';
import { wordKey } from '../text/word-key.js';
import { longestWritten } from '../text/written-words.js';
import type { WordSources } from './surface-words.js';

/** Documents whose titles are read for the words that stand beside those typed already. */
const contextTitles = 50;
/** The same for a word that is being typed, where others than those of the index are asked for. */
const beginningTitles = 200;
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
export function titlesBeside(sources: WordSources, head: string, language?: string, within?: Filter): FoundTitle[] {
  const found = sources.tokens.prepare({ text: head, language, filter: within }).search({ k: contextTitles });
  return readTitles(
    sources,
    found.map(({ id }) => id),
  );
}

/** Of documents that pass a filter and hold a word that begins so, as it is written or as a term. @throws TandemError 'text/bad-language' */
export function titlesBeginning(sources: WordSources, begun: string, within: Filter, language?: string): FoundTitle[] {
  const text = begun.slice(-longestWritten);
  const query = { bool: { should: [{ prefix: { text } }, { bag: { text } }], minimumShould: 1 } };
  const found = sources.tokens.prepare({ query, language, filter: within }).search({ k: beginningTitles });
  return readTitles(
    sources,
    found.map(({ id }) => id),
  );
}

/** Of documents that write the first of some words, those before others whose titles begin with one. */
export function titlesOf(sources: WordSources, words: readonly string[], within?: Filter): FoundTitle[] {
  if (within !== undefined)
    return words.slice(0, titledWords).flatMap(word => titlesBeginning(sources, word, within).slice(0, titlesOfWord));
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
