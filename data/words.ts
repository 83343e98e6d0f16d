const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const edges = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu;

/** Whether a text is in a script that puts no spaces between its words. */
export const isUnspaced = (text: string): boolean => unspacedScript.test(text);

/**
 * Makes the function that cuts a text into words: lower-cased runs between white space, without leading and trailing punctuation and
 * symbols; inner ones stay, so that `3/4`, `9x15` and `1-handle` are words. Runs in scripts without spaces are cut by Intl.Segmenter.
 */
export function createTypedWordSplitter(): (text: string) => string[] {
  // no locale is needed: ICU chooses its dictionaries for Thai, Chinese and Japanese by script
  const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
  const cut = (run: string): string[] =>
    isUnspaced(run) ? Array.from(segmenter.segment(run), part => part.segment) : [run];
  return text =>
    text
      .normalize('NFC')
      .toLowerCase()
      .split(/\s+/u)
      .flatMap(cut)
      .map(word => word.replace(edges, ''))
      .filter(word => word !== '');
}

/** How often words are asked for. @returns word -> number of queries that hold it */
export function countDemand(queries: Iterable<string>): Map<string, number> {
  const split = createTypedWordSplitter();
  const demand = new Map<string, number>();
  for (const query of queries) for (const word of new Set(split(query))) demand.set(word, (demand.get(word) ?? 0) + 1);
  return demand;
}
