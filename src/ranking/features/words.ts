import type { DocumentMatch, QueryWord, WordMatches } from '../match.js';
import type { Feature } from './feature.js';

type OfDocument = (words: readonly QueryWord[], match: DocumentMatch) => number;

/** A feature of where a document holds the words of the query; NaN where there is no such document. */
export const ofMatch = (about: string, value: OfDocument, monotone?: 1): Feature => ({
  about,
  ...(monotone && { monotone }),
  compute: ({ matches }) => {
    const { words, documents } = matches();
    return Float64Array.from(documents, match => (match === undefined ? Number.NaN : value(words, match)));
  },
});

/** Sum over the words that count of what they hold, by weight; NaN where no word counts. */
function share(
  words: readonly QueryWord[],
  counts: (word: QueryWord) => number,
  part: (number: number) => number,
): number {
  let [held, all] = [0, 0];
  words.forEach((word, number) => {
    const weight = counts(word);
    all += weight;
    held += weight * part(number);
  });
  return all === 0 ? Number.NaN : held / all;
}

const one = ({ optional }: QueryWord): number => (optional ? 0 : 1);
const byIdf = ({ optional, idf }: QueryWord): number => (optional ? 0 : idf);
const ifNumber = ({ number }: QueryWord): number => (number ? 1 : 0);

/** Words without stop words and units that the document holds in any form / all of them, [0, 1]. */
export const heldShare: OfDocument = (words, { held }) => share(words, one, i => (held[i] > 0 ? 1 : 0));

/** The same, each word counted by its idf. */
export const heldIdf: OfDocument = (words, { held }) => share(words, byIdf, i => (held[i] > 0 ? 1 : 0));

/** The same, held as it is asked for alone: no synonym, variant or joined form. */
export const exactIdf: OfDocument = (words, { held }) => share(words, byIdf, i => (held[i] === 2 ? 1 : 0));

/** The greatest idf of a word that the document does not hold; 0 where it holds them all. */
export const missingIdf: OfDocument = (words, { held }) =>
  words.reduce((most, word, i) => (held[i] === 0 && !word.optional ? Math.max(most, word.idf) : most), 0);

/** Whether the document holds the rarest word of the query. */
export const holdsRarest: OfDocument = (words, { held }) => {
  let rarest = -1;
  words.forEach((word, i) => {
    if (!word.optional && (rarest < 0 || word.idf > words[rarest].idf)) rarest = i;
  });
  return rarest < 0 ? Number.NaN : held[rarest] > 0 ? 1 : 0;
};

/** Whether the document holds the last word of the query that is no stop word: in English mostly what the thing is. */
export const holdsLast: OfDocument = (words, { held }) => {
  const last = words.findLastIndex(word => !word.optional && !word.number);
  return last < 0 ? Number.NaN : held[last] > 0 ? 1 : 0;
};

/** Whether the document holds the first word of the query that is no stop word. */
export const holdsFirst: OfDocument = (words, { held }) => {
  const first = words.findIndex(word => !word.optional);
  return first < 0 ? Number.NaN : held[first] > 0 ? 1 : 0;
};

/** Words with digits (numbers, measures, models) that the document holds / all of them, [0, 1]; NaN where the query has none. */
export const heldNumbers: OfDocument = (words, { held }) => share(words, ifNumber, i => (held[i] > 0 ? 1 : 0));

/** Words held that stand for mistyped ones / words held, [0, 1]; NaN where none is held. */
export const correctedShare: OfDocument = (words, { held }) => {
  const present = words.filter((word, i) => held[i] > 0 && !word.optional);
  return present.length === 0 ? Number.NaN : present.filter(({ corrected }) => corrected).length / present.length;
};

/** The field of a document in which most of the words stand; of equals the shortest. */
function bestField(words: readonly QueryWord[], { places, lengths }: DocumentMatch): number {
  let [best, most] = [-1, 0];
  for (let field = 0; field < lengths.length; field++) {
    const count = words.reduce((sum, word, i) => sum + (places[i][field].length > 0 && !word.optional ? 1 : 0), 0);
    if (count > most || (count === most && count > 0 && lengths[field] < lengths[best])) [best, most] = [field, count];
  }
  return best;
}

/** Position of the first word of the query in the field that holds most of them, from 0; NaN where it holds none. */
export const firstPosition: OfDocument = (words, match) => {
  const field = bestField(words, match);
  if (field < 0) return Number.NaN;
  return match.places.reduce((least, byField) => Math.min(least, byField[field][0] ?? Infinity), Infinity);
};

/** Terms behind the last word of the query / length of the field that holds most of them, [0, 1): how much the text goes on. */
export const behindLast: OfDocument = (words, match) => {
  const field = bestField(words, match);
  if (field < 0) return Number.NaN;
  const last = match.places.reduce((most, byField) => Math.max(most, byField[field].at(-1) ?? -1), -1);
  return Math.max(0, match.lengths[field] - 1 - last) / match.lengths[field];
};

/** The longest stretch of words of the query that stand one behind the other in a field as they do in the query / all words, [0, 1]. */
export const longestRun: OfDocument = (words, { places, lengths }) => {
  if (words.length === 0) return Number.NaN;
  let longest = 0;
  for (let field = 0; field < lengths.length; field++) {
    let runs = new Map<number, number>();
    for (const byField of places) {
      const next = new Map<number, number>();
      for (const position of byField[field]) {
        const length = (runs.get(position - 1) ?? 0) + 1;
        next.set(position, length);
        if (length > longest) longest = length;
      }
      runs = next;
    }
  }
  return longest / words.length;
};

/** Distinct words of the query in the field that holds most of them / length of that field, [0, 1]: how much of the text was asked for. */
export const askedShare: OfDocument = (words, match) => {
  const field = bestField(words, match);
  if (field < 0) return 0;
  const count = match.places.reduce((sum, byField) => sum + (byField[field].length > 0 ? 1 : 0), 0);
  return Math.min(1, count / match.lengths[field]);
};

/** Score of one field by itself, >= 0; NaN where the index has no such field. */
export const fieldScore = (field: string): Feature => ({
  about: `BM25 of the field ${field} by itself, >= 0`,
  monotone: 1,
  compute: ({ matches }) => ofField(matches(), field, (match, number) => match.bm25[number]),
});

/** Terms in a field. */
export const fieldLength = (field: string): Feature => ({
  about: `terms in the field ${field}, >= 0`,
  compute: ({ matches }) => ofField(matches(), field, (match, number) => match.lengths[number]),
});

function ofField(
  { fields, documents }: WordMatches,
  field: string,
  value: (match: DocumentMatch, number: number) => number,
): Float64Array {
  const number = fields.indexOf(field);
  return Float64Array.from(documents, match => (match === undefined || number < 0 ? Number.NaN : value(match, number)));
}
