import { finish } from '../math/finish.js';
import { inOrder, type KeptWord, packingWords, type WordArrays } from './word-arrays.js';
import type { WordList } from './word-list.js';

/** What goes into a merge: the words of a segment, and the number that each of its terms has then, -1 where no document is left that holds it. */
export interface WordSource {
  readonly words: WordList;
  readonly ordinals: Int32Array;
}

/** The written words of several segments as those of one. */
export const mergeWords = (sources: readonly WordSource[]): WordArrays => finish(packingWords(mergeSorted(sources)));

function* mergeSorted(sources: readonly WordSource[]): Generator<KeptWord> {
  const open = sources.map(living).map(words => ({ words, next: words.next() }));
  for (;;) {
    let least: KeptWord | undefined;
    for (const { next } of open)
      if (!next.done && (least === undefined || inOrder(next.value, least) < 0)) least = next.value;
    if (least === undefined) return;
    let documents = 0;
    for (const each of open) {
      if (each.next.done || inOrder(each.next.value, least) !== 0) continue;
      documents += each.next.value.documents;
      each.next = each.words.next();
    }
    yield { ...least, documents };
  }
}

/** The words that are left, numbered anew. Terms keep their order, and so do the words. */
function* living({ words, ordinals }: WordSource): Generator<KeptWord> {
  for (const cursor = words.walk(); cursor.next(); ) {
    const ordinal = ordinals[cursor.ordinal];
    if (ordinal < 0) continue;
    yield {
      bytes: cursor.bytes.slice(0, cursor.length),
      ordinal,
      documents: words.left(cursor.ordinal, cursor.documents),
    };
  }
}
