import type { Filter } from '../query/filter.js';
import { wordKey } from '../text/word-key.js';
import { trimWord } from '../text/written-words.js';
import type { IndexParts } from './retrieve.js';

/** Documents that are looked through for a word, and UTF-16 units of each. */
const documentsRead = 16;
const unitsRead = 16_384;

const keysIn = (text: string): Set<string> => new Set(text.split(/\s+/u).map(word => wordKey(trimWord(word))));

/**
 * Whether documents that pass a filter write every word of a text that is not in another text: a word is shown to nobody who does not see it in a document.
 * @param typed  what the person knows already
 */
export function writtenWithin(
  { tokens, store }: Pick<IndexParts, 'tokens' | 'store'>,
  text: string,
  typed: string,
  within: Filter,
): boolean {
  const known = keysIn(typed);
  const isWritten = (key: string): boolean => {
    const found = tokens.prepare({ text: key, filter: within }).search({ k: documentsRead });
    return store.getMany(found.map(({ id }) => id)).some(document => {
      if (document === undefined) return false;
      const texts = tokens.fields.flatMap(field => tokens.texts(document, field));
      return texts.some(({ text: own }) => keysIn(own.slice(0, unitsRead)).has(key));
    });
  };
  return [...keysIn(text)].every(key => known.has(key) || isWritten(key));
}
