import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { noMoreDocuments, type SegmentReader } from './segment-reader.js';
import type { SegmentWords } from './segment-words.js';

/** The words of an index as its documents write them, in the form of src/text/written-words.ts. */
export interface WrittenVocabulary {
  /** Whether every part of the index keeps them: those that were written before they were kept know their terms alone. */
  readonly complete: boolean;
  /**
   * The words of the most documents whose keys (src/text/word-key.ts) begin so, most first. Each segment names its own most frequent ones, so that one
   * that is spread thin over many segments may be missed.
   */
  frequent(key: string, most: number): CountedTerm[];
  /** Ids of some documents that write a word, or another form of it; those first whose field begins with it. */
  documentsWith(word: string, most: number, field?: string): string[];
}

/** Documents that are looked at for those that begin with a word. */
const mostLookedAt = 2 ** 10;

/** @param names  of the fields, by their numbers */
export function writtenVocabulary(
  segments: () => readonly SegmentReader[],
  names: readonly string[],
): WrittenVocabulary {
  return {
    get complete() {
      return segments().every(({ words }) => words !== undefined);
    },
    frequent: (key, most) => frequentWords(wordsOf(segments()), key, most),
    documentsWith: (word, most, field) =>
      documentsOf(segments(), word, most, field === undefined ? -1 : names.indexOf(field)),
  };
}

export const wordsOf = (segments: readonly SegmentReader[]): SegmentWords[] =>
  segments.flatMap(({ words }) => (words === undefined ? [] : [words]));

/** Live documents that write a word so, see SegmentWords. */
export const documentsWriting = (words: readonly SegmentWords[], word: string): number =>
  words.reduce((sum, each) => sum + each.documentFrequency(word), 0);

/** See WrittenVocabulary.frequent. */
export function frequentWords(words: readonly SegmentWords[], key: string, most: number): CountedTerm[] {
  const named = new Set(words.flatMap(each => each.frequent(key, most).map(({ term }) => term)));
  const all = new FrequentTerms(most);
  for (const word of named) all.offer(word, documentsWriting(words, word));
  return all.take();
}

function documentsOf(segments: readonly SegmentReader[], word: string, most: number, field: number): string[] {
  const [begun, others]: [string[], string[]] = [[], []];
  let looked = 0;
  for (const segment of segments.toReversed()) {
    for (const term of segment.words?.termsOf(word) ?? []) {
      const postings = segment.postings(term);
      if (postings === undefined) continue;
      for (let doc = postings.next(); doc !== noMoreDocuments && looked < mostLookedAt; doc = postings.next()) {
        looked++;
        if (!segment.isLive(doc)) continue;
        const begins = field >= 0 && postings.frequency(field) > 0 && postings.positions(field)[0] === 0;
        if (begins) begun.push(segment.idOf(doc));
        else if (others.length < most) others.push(segment.idOf(doc));
        if (begun.length === most) return begun;
      }
    }
  }
  return [...begun, ...others].slice(0, most);
}
