import type { DocumentRow, GivenToken } from '../config/rows.js';
import { type Analyzer, lowerLocaleOf } from '../text/analyzer.js';
import { longestStretch } from '../text/stretches.js';
import { noWordsTold, tellGiven, tellWords } from '../text/written-words.js';
import type { AnalysisChains } from './analysis-chains.js';
import { fullTokens, positionBehind, tokensGiven } from './field-tokens.js';
import { GrowingArray } from './growing-array.js';
import type { IndexFields } from './index-fields.js';
import { numbered, type ReadDocument } from './memory-segment.js';
import { addTokens, numberWords, type TextReader, textReader } from './numbered-texts.js';
import { type FieldOccurrences, noOccurrences } from './occurrence-log.js';
import type { TermNumbers } from './term-numbers.js';

/** Tokens of a long text whose terms are numbered in one go, and units of work (src/search/turns.ts) that one takes. */
const numberedAtOnce = 2 ** 11;
const numberWork = 4;

/** The first analysis leaves words out and knows other measures: its texts are not taken in pieces. */
const firstInPieces = 2;

/** Reads the documents that an index takes in: the same terms as IndexFields has them, as numbers, and the words as documents write them. */
export interface DocumentReader {
  /** @yields units of work (src/search/turns.ts) */
  read(document: DocumentRow, numbers: TermNumbers): Generator<number, ReadDocument>;
  /** Takes the arrays of a document that is no longer needed for the next one. */
  giveBack(document: ReadDocument): void;
}

/** Arrays that are kept for further documents, and the longest of them. */
const mostSpare = 16;
const longestSpare = 2 ** 12;

function spareArrays() {
  const spare: GrowingArray[] = [];
  return {
    take: (): GrowingArray => spare.pop() ?? new GrowingArray(),
    giveBack: (array: GrowingArray): void => {
      if (array.length > longestSpare || spare.length === mostSpare) return;
      array.length = 0;
      spare.push(array);
    },
  };
}

export function documentReader(fields: IndexFields, chains: AnalysisChains): DocumentReader {
  const readers = new Map<Analyzer, TextReader>();
  const arrays = spareArrays();
  let [present, version]: [TermNumbers | undefined, number] = [undefined, chains.version];

  const readerOf = (analyzer: Analyzer, numbers: TermNumbers): TextReader => {
    if (present !== numbers || version !== chains.version) readers.clear();
    [present, version] = [numbers, chains.version];
    const inPieces = chains.analysis >= firstInPieces && chains.dictionary().length === 0;
    const reader = readers.get(analyzer) ?? textReader(analyzer, numbers, inPieces);
    readers.set(analyzer, reader);
    return reader;
  };

  function* read(document: DocumentRow, numbers: TermNumbers): Generator<number, ReadDocument> {
    const analyzer = chains.analyzer(document.language);
    const reader = readerOf(analyzer, numbers);
    const words = arrays.take();
    const found: FieldOccurrences[] = [];
    for (const field of fields.names) {
      const texts = fields.plainTexts(document, field);
      const given = tokensGiven(document, field);
      if (given !== undefined) {
        readGiven(texts, given, numbers, words);
        found.push(numbered(fullTokens(given), numbers));
        continue;
      }
      const into = { terms: arrays.take(), positions: arrays.take(), length: 0 };
      if (texts.every(isShort)) readShort(texts, reader, into, words);
      else yield* readTexts(texts, analyzer, reader, numbers, into, words);
      found.push(into);
    }
    if (document.tokens === undefined) return { fields: found, words };
    for (const [number, tokens] of fields.lighter(document)) found[number] = numbered(tokens, numbers);
    return { fields: Array.from(found, each => each ?? noOccurrences()), words };
  }

  return {
    read,
    giveBack: document => {
      arrays.giveBack(document.words);
      for (const { terms, positions } of document.fields) {
        arrays.giveBack(terms);
        arrays.giveBack(positions);
      }
    },
  };
}

const isShort = (text: string): boolean => text.length <= longestStretch;

/** @param texts  short ones */
function readShort(texts: readonly string[], reader: TextReader, found: FieldOccurrences, words: GrowingArray): void {
  let from = 0;
  for (const text of texts) {
    reader.read(text, from, found, words);
    from = positionBehind(lastOf(found.positions));
  }
}

const lastOf = ({ data, length }: GrowingArray): number | undefined => (length === 0 ? undefined : data[length - 1]);

function readGiven(
  texts: readonly string[],
  given: readonly GivenToken[],
  numbers: TermNumbers,
  words: GrowingArray,
): void {
  const told = noWordsTold();
  const terms = given.map(token => (typeof token === 'string' ? token : token.term));
  tellGiven(texts, terms, told);
  numberWords(told, numbers, words);
}

function* readTexts(
  texts: readonly string[],
  analyzer: Analyzer,
  reader: TextReader,
  numbers: TermNumbers,
  found: FieldOccurrences,
  words: GrowingArray,
): Generator<number, void> {
  let from = 0;
  for (const text of texts) {
    if (isShort(text)) reader.read(text, from, found, words);
    else yield* readLong(text, from, analyzer, numbers, found, words);
    from = positionBehind(lastOf(found.positions));
  }
}

function* readLong(
  text: string,
  from: number,
  analyzer: Analyzer,
  numbers: TermNumbers,
  found: FieldOccurrences,
  words: GrowingArray,
): Generator<number, void> {
  const tokens = yield* analyzer.analysing(text);
  for (let at = 0; at < tokens.length; at += numberedAtOnce) {
    const some = tokens.slice(at, at + numberedAtOnce);
    const told = noWordsTold();
    tellWords(text, some, lowerLocaleOf(analyzer.language), told);
    numberWords(told, numbers, words);
    addTokens(some, from, numbers, found);
    yield numberedAtOnce * numberWork;
  }
}
