import { LRUCache } from 'lru-cache';
import { mostKeptHits } from './kept-hits.js';
import type { PreparedQuery } from './prepared-query.js';
import type { Question } from './question.js';
import type { SearchedIndex } from './searched-index.js';

/** Bytes of all prepared queries that are kept of an index at most; what one takes at least, with its first hits, and for each UTF-16 unit of its text. */
const keptBytes = 2 ** 25;
const hitBytes = 2 ** 7;
const entryBytes = 2 ** 12 + mostKeptHits * hitBytes;
const unitBytes = 2 ** 8;

/**
 * Prepares questions, each text once for as long as nothing is written: to analyse and mend one takes longer than to look for its documents. Questions of a text
 * alone are kept: others mean something else at another moment, or hold conditions of any size.
 */
export function keptQueries(
  { watch }: Pick<SearchedIndex, 'watch'>,
  prepare: (question: Question) => PreparedQuery,
): (question: Question) => PreparedQuery {
  const kept = new LRUCache<string, PreparedQuery>({
    maxSize: keptBytes,
    sizeCalculation: (_query, key) => entryBytes + unitBytes * key.length,
  });
  let isPresent = watch();
  return question => {
    if (!isPresent()) {
      kept.clear();
      isPresent = watch();
    }
    const key = keyOf(question);
    if (key === undefined) return prepare(question);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = prepare(question);
    kept.set(key, made);
    return made;
  };
}

/** @returns undefined where more than a text is asked */
function keyOf(question: Question): string | undefined {
  if ('query' in question) return undefined;
  const { text, language = '', spelling = '', ...more } = question;
  const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
  // terms given in place of a text ask for something else even where there are none
  const isText = question.tokens === undefined && Object.values(more).every(isEmpty);
  return isText ? `${language} ${spelling} ${text}` : undefined;
}
