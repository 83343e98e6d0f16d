import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import type { DictionaryWord } from '../text/dictionary.js';

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

/** The lines of a file of synonym rules. @throws TandemError 'data/not-found' */
export async function readRuleFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  return text.replace(/^\ufeff/, '').split(/\r?\n/);
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
