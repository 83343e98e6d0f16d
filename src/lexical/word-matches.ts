import type { DocumentMatch, QueryWord, WordMatches } from '../ranking/match.js';
import { type AskedTerms, isOptional } from '../text/asked-terms.js';
import { termScore } from './bm25.js';
import { type LocatedDocument, rowsBySegment } from './rescore.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import type { Weighting } from './weighting.js';

/** Words looked at: the first ones of the query. */
const mostWords = 16;

/** What is asked for of a word: its term, and the other ways to have it. */
interface AskedWord extends QueryWord {
  readonly term: string;
  readonly df: number;
  /** each a list of terms of which a document must hold all */
  readonly others: readonly (readonly string[])[];
}

/** The words of a query; a synonym, a joined word or another form is a way to have the words in whose stretch it stands. */
function askedWords(
  asked: readonly AskedTerms[],
  df: (term: string) => number,
  idf: (df: number) => number,
): AskedWord[] {
  const said = asked.filter(({ beside }) => beside !== true);
  const ways = asked.filter(({ beside, terms }) => beside === true && terms.every(({ term }) => df(term) > 0));
  const words = new Map<string, AskedWord>();
  for (const each of said)
    for (const { term, others = [] } of each.terms) {
      if (words.has(term)) continue;
      if (words.size === mostWords) return [...words.values()];
      const documents = df(term);
      const beside = ways.filter(({ start, end }) => start <= each.start && each.end <= end);
      words.set(term, {
        term,
        df: documents,
        idf: idf(documents),
        known: documents > 0 || beside.length > 0,
        optional: isOptional(each),
        corrected: [each, ...(documents > 0 ? [] : beside)].some(({ origin }) => origin === 'corrected'),
        number: /\p{Nd}/u.test(term),
        others: [...others.map(other => [other]), ...beside.map(way => way.terms.map(part => part.term))],
      });
    }
  return [...words.values()];
}

/**
 * Where some documents hold the words of a query. Each segment is read once, in the order of its documents: the work is that of stepping through the
 * postings of at most 16 words and the other ways to write them, skipped in blocks.
 * @param located  undefined where there is no such document
 */
export function wordMatches(
  asked: readonly AskedTerms[],
  located: readonly (LocatedDocument | undefined)[],
  fields: readonly string[],
  df: (term: string) => number,
  weighting: Weighting,
): WordMatches {
  const words = askedWords(asked, df, weighting.idf);
  const documents: (DocumentMatch | undefined)[] = located.map(() => undefined);
  const rows = located.flatMap((document, row) => (document === undefined ? [] : [row]));
  const present = rows.map(row => located[row] as LocatedDocument);
  for (const [segment, places] of rowsBySegment(present)) {
    const match = segmentMatcher(segment, words, weighting);
    for (const place of places) documents[rows[place]] = match(present[place].doc);
  }
  return { words, fields, documents };
}

/** @returns takes documents in rising order */
function segmentMatcher(
  segment: SegmentReader,
  words: readonly AskedWord[],
  weighting: Weighting,
): (doc: number) => DocumentMatch {
  const { fieldCount } = segment;
  const postings = words.map(({ term }) => segment.postings(term));
  const others = words.map(word => word.others.map(terms => terms.map(term => segment.postings(term))));
  const holds = (each: PostingIterator | undefined, doc: number): boolean => each?.advance(doc) === doc;
  const none = Array.from({ length: fieldCount }, (): readonly number[] => []);
  return doc => {
    const held = new Uint8Array(words.length);
    const bm25 = new Float64Array(fieldCount);
    const lengths = Array.from({ length: fieldCount }, (_, field) => segment.fieldLength(field, doc));
    const places = postings.map((each, word) => {
      if (each === undefined || !holds(each, doc)) {
        held[word] = others[word].some(way => way.every(other => holds(other, doc))) ? 1 : 0;
        return none;
      }
      held[word] = 2;
      return none.map((_, field): readonly number[] => {
        const frequency = each.frequency(field);
        if (frequency === 0) return none[0];
        const weighted = frequency * weighting.occurrence(field, lengths[field]);
        bm25[field] += termScore(weighting.k1, words[word].idf, weighted);
        return [...each.positions(field)];
      });
    });
    return { held, places, lengths, bm25 };
  };
}
