import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';
import type { DictionaryChange } from '../../search/backend.js';
import type { DictionaryWord } from '../../text/dictionary.js';
import { openWritableSearch, withSearch } from './open-search.js';

export type { DictionaryWord };

const fileSchema = z.strictObject({
  words: z.array(z.strictObject({ text: z.string(), term: z.string().optional() })),
});

/** @throws TandemError 'data/not-found' | 'dictionary/bad-word' */
export async function readDictionaryFile(path: string): Promise<DictionaryWord[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  try {
    return fileSchema.parse(JSON.parse(text)).words;
  } catch (error) {
    const message = `${path}: expected {"words": [{"text": "...", "term": "..."}]}`;
    throw new TandemError('dictionary/bad-word', message, { path }, { cause: error });
  }
}

/**
 * @param add  `WORD` or `WORD=TERM`; a word that is there already gets the term. The last = parts them, unless nothing stands before it
 * @param remove  as the words are written in the dictionary
 * @throws TandemError 'dictionary/bad-word' for a word to remove that is not there
 */
export function changeWords(
  words: readonly DictionaryWord[],
  add: readonly string[],
  remove: readonly string[],
): DictionaryWord[] {
  const byText = new Map(words.map(word => [word.text, word]));
  for (const text of remove) {
    if (!byText.delete(text))
      throw new TandemError('dictionary/bad-word', `${JSON.stringify(text)}: not in the dictionary`);
  }
  for (const written of add) {
    const equals = written.lastIndexOf('=');
    const text = equals < 1 ? written : written.slice(0, equals);
    byText.set(text, equals < 1 ? { text } : { text, term: written.slice(equals + 1) });
  }
  return [...byText.values()];
}

/** The words that an index keeps whole. @throws TandemError 'index/*', 'model/*' */
export const listWords = (folder: string): Promise<readonly DictionaryWord[]> =>
  withSearch(folder, async ({ index }) => index.dictionary());

export interface WordChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** file of words that stand in the place of all that were there */
  readonly file?: string;
}

/** Changes the words of an index; documents that they touch are indexed anew. @throws TandemError as changeWords, readDictionaryFile, 'index/*' */
export async function changeDictionaryOf(
  folder: string,
  { add, remove, file }: WordChanges,
): Promise<DictionaryChange & { readonly words: number }> {
  const base = file === undefined ? undefined : await readDictionaryFile(file);
  const search = await openWritableSearch(folder, {});
  try {
    const words = changeWords(base ?? (await search.index.dictionary()), add, remove);
    return { words: words.length, ...(await search.index.setDictionary(words)) };
  } finally {
    await search.close();
  }
}
