const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const edges = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu;

/** Whether a text is in a script that puts no spaces between its words. */
export const isUnspaced = (text: string): boolean => unspacedScript.test(text);

/**
 * Words of a text: lower-cased runs between white space, without leading and trailing punctuation and symbols; inner ones stay, so that
 * `3/4`, `9x15` and `1-handle` are words. Runs in scripts without spaces are cut into pieces by Intl.Segmenter.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const run of text.normalize('NFC').toLowerCase().split(/\s+/u)) {
    const pieces = isUnspaced(run) ? segment(run) : [run];
    for (const piece of pieces) {
      const word = piece.replace(edges, '');
      if (word !== '') words.push(word);
    }
  }
  return words;
}

// `und` is enough: the dictionaries of ICU for Thai, Chinese and Japanese are chosen by script, not by locale
const segmenter = (): Intl.Segmenter => new Intl.Segmenter('und', { granularity: 'word' });

const segment = (run: string): string[] => Array.from(segmenter().segment(run), part => part.segment);

/** How often words are asked for. @returns word -> number of queries that hold it */
export function countDemand(queries: Iterable<string>): Map<string, number> {
  const demand = new Map<string, number>();
  for (const query of queries)
    for (const word of new Set(splitWords(query))) demand.set(word, (demand.get(word) ?? 0) + 1);
  return demand;
}
