import { type Analyzer, lowerLocaleOf, type Token, termsAt } from '../text/analyzer.js';
import { pieceCutter } from '../text/pieces.js';
import type { AnalysedStretch } from '../text/stretches.js';
import { noWordsTold, type ToldWords, tellWords } from '../text/written-words.js';
import { GrowingArray } from './growing-array.js';
import { type FieldOccurrences, noOccurrences } from './occurrence-log.js';
import { PieceTable, type PieceTerms, pieceHead } from './piece-table.js';
import type { TermNumbers } from './term-numbers.js';

/** Longest piece that is remembered, in UTF-16 units. */
const longestRemembered = 64;

/** Takes what the analysis makes of texts, as numbers. */
export interface TextReader {
  /**
   * Adds the terms of a text, and its words to `written`, some of them again and again.
   * @param text  of at most `longestStretch` units
   * @param from  the position of its first word
   */
  read(text: string, from: number, into: FieldOccurrences, written: GrowingArray): void;
}

/** Adds the numbers of the words that were told, without what nobody types as a word. */
export function numberWords(
  { texts, starts, ends, terms }: ToldWords,
  numbers: TermNumbers,
  into: Pick<GrowingArray, 'push'>,
): void {
  // words of one term come one behind another
  let [term, number] = ['', -1];
  for (let i = 0; i < terms.length; i++) {
    if (terms[i] !== term || number < 0) [term, number] = [terms[i], numbers.numberOf(terms[i])];
    const word = numbers.wordOf(texts[i].slice(starts[i], ends[i]), number);
    if (word >= 0) into.push(word);
  }
}

/**
 * Analyses texts piece by piece (src/text/pieces.ts) and remembers the pieces: most words of a corpus come again and again.
 * @param inPieces  whether the chain allows it, see pieceCutter
 */
export function textReader(analyzer: Analyzer, numbers: TermNumbers, inPieces: boolean): TextReader {
  const lowerLocale = lowerLocaleOf(analyzer.language);
  /** the one that was analysed last */
  const piece = { words: 0, ...noOccurrences(), written: new GrowingArray() };
  const readPiece = (text: string): PieceTerms => {
    const { tokens, words } = inPieces && text.endsWith(' ') ? beforeNumber(text) : analyzer.analyseStretch(text);
    const { terms, positions, written } = piece;
    for (const array of [terms, positions, written]) array.length = 0;
    piece.words = words;
    piece.length = 0;
    addTokens(tokens, 0, numbers, piece);
    const told = noWordsTold();
    tellWords(text, tokens, lowerLocale, told);
    numberWords(told, numbers, written);
    return piece;
  };
  /** A piece that stood before a number: see PieceSink. */
  const beforeNumber = (text: string): AnalysedStretch => {
    const { tokens, words } = analyzer.analyseStretch(`${text}1`);
    return { tokens: tokens.filter(({ start }) => start < text.length), words: words - 1 };
  };
  const cut = inPieces ? pieceCutter(analyzer.language) : undefined;
  const table = new PieceTable();

  // of the text that is being read
  let position = 0;
  let into = noOccurrences();
  let written = new GrowingArray();
  const addPiece = (text: string, start: number, end: number, hash: number): void => {
    let at = table.find(text, start, end, hash);
    if (at < 0) at = table.add(text, start, end, hash, readPiece(text.slice(start, end)));
    const { numbers: data } = table;
    const termsAt = at + pieceHead;
    const positionsAt = termsAt + data[at + 2];
    const writtenAt = positionsAt + data[at + 2];
    const behind = writtenAt + data[at + 3];
    const { terms, positions } = into;
    for (let i = termsAt; i < positionsAt; i++) terms.push(data[i]);
    for (let i = positionsAt; i < writtenAt; i++) positions.push(position + data[i]);
    const words = written;
    for (let i = writtenAt; i < behind; i++) words.push(data[i]);
    into.length += data[at + 1];
    position += data[at];
  };
  const addWhole = (text: string): void => {
    const { words, length, terms, positions, written: own } = readPiece(text);
    for (let i = 0; i < terms.length; i++) {
      into.terms.push(terms.data[i]);
      into.positions.push(position + positions.data[i]);
    }
    for (let i = 0; i < own.length; i++) written.push(own.data[i]);
    into.length += length;
    position += words;
  };
  const sink = (text: string, start: number, end: number, hash: number): void => {
    if (end - start <= longestRemembered) addPiece(text, start, end, hash);
    else addWhole(text.slice(start, end));
  };

  return {
    read: (text, from, ...found) => {
      position = from;
      [into, written] = found;
      if (cut === undefined) addWhole(text);
      else cut(text, sink);
    },
  };
}

/** Adds the terms of tokens whose first word stands at a position. */
export function addTokens(tokens: readonly Token[], from: number, numbers: TermNumbers, into: FieldOccurrences): void {
  const addTerm = (term: string, position: number): void => {
    into.terms.push(numbers.numberOf(term));
    into.positions.push(position);
  };
  let last = -1;
  for (const token of tokens) {
    const { term, parts, variants, position } = token;
    if (parts === undefined && variants === undefined) addTerm(term, from + position);
    else for (const each of termsAt(token)) addTerm(each, from + position);
    if (token.position !== last) into.length++;
    last = token.position;
  }
}
