import { type Analyzer, lowerLocaleOf, type Token, termsAt } from '../text/analyzer.js';
import { pieceCutter } from '../text/pieces.js';
import type { AnalysedStretch } from '../text/stretches.js';
import { noWordsTold, type ToldWords, tellWords } from '../text/written-words.js';
import { type FieldOccurrences, noOccurrences } from './occurrence-log.js';
import { PieceTable, type PieceTerms } from './piece-table.js';
import type { TermNumbers } from './term-numbers.js';

/** Longest piece that is remembered, in UTF-16 units. */
const longestRemembered = 64;

/** Takes what the analysis makes of texts, as numbers. */
export interface TextReader {
  /**
   * Adds the terms of a text, and its words to `written`.
   * @param text  of at most `longestStretch` units
   * @param from  the position of its first word
   */
  read(text: string, from: number, into: FieldOccurrences, written: number[]): void;
}

/** Numbers of the words that were told. */
export function numberWords({ texts, starts, ends, terms }: ToldWords, numbers: TermNumbers, into: number[]): void {
  // words of one term come one behind another
  let [term, number] = ['', -1];
  for (let i = 0; i < terms.length; i++) {
    if (terms[i] !== term || number < 0) [term, number] = [terms[i], numbers.numberOf(terms[i])];
    into.push(numbers.wordOf(texts[i].slice(starts[i], ends[i]), number));
  }
}

/**
 * Analyses texts piece by piece (src/text/pieces.ts) and remembers the pieces: most words of a corpus come again and again.
 * @param inPieces  whether the chain allows it, see pieceCutter
 */
export function textReader(analyzer: Analyzer, numbers: TermNumbers, inPieces: boolean): TextReader {
  const lowerLocale = lowerLocaleOf(analyzer.language);
  const readPiece = (text: string): PieceTerms => {
    const { tokens, words } = inPieces && text.endsWith(' ') ? beforeNumber(text) : analyzer.analyseStretch(text);
    const found = noOccurrences();
    addTokens(tokens, 0, numbers, found);
    const told = noWordsTold();
    tellWords(text, tokens, lowerLocale, told);
    const written: number[] = [];
    numberWords(told, numbers, written);
    return { words, ...found, written: [...new Set(written)].filter(word => word >= 0) };
  };
  /** A piece that stood before a number: see PieceSink. */
  const beforeNumber = (text: string): AnalysedStretch => {
    const { tokens, words } = analyzer.analyseStretch(`${text}1`);
    return { tokens: tokens.filter(({ start }) => start < text.length), words: words - 1 };
  };
  const cut = inPieces ? pieceCutter(analyzer.language) : undefined;
  const table = new PieceTable();

  return {
    read: (text, from, into, written) => {
      let position = from;
      const addPiece = (start: number, end: number, hash: number): void => {
        let at = table.find(text, start, end, hash);
        if (at < 0) at = table.add(text, start, end, hash, readPiece(text.slice(start, end)));
        const { numbers: data } = table;
        const count = data[at + 2];
        const termsAt = at + 4;
        const positionsAt = termsAt + count;
        const writtenAt = positionsAt + count;
        for (let i = 0; i < count; i++) {
          into.terms.push(data[termsAt + i]);
          into.positions.push(position + data[positionsAt + i]);
        }
        for (let i = 0; i < data[at + 3]; i++) written.push(data[writtenAt + i]);
        into.length += data[at + 1];
        position += data[at];
      };
      const addWhole = (piece: string): void => {
        const { words, length, terms, positions, written: own } = readPiece(piece);
        for (let i = 0; i < terms.length; i++) {
          into.terms.push(terms[i]);
          into.positions.push(position + positions[i]);
        }
        for (let i = 0; i < own.length; i++) written.push(own[i]);
        into.length += length;
        position += words;
      };
      if (cut === undefined) addWhole(text);
      else
        cut(text, (start, end, hash) => {
          if (end - start <= longestRemembered) addPiece(start, end, hash);
          else addWhole(text.slice(start, end));
        });
    },
  };
}

/** Adds the terms of tokens whose first word stands at a position. */
export function addTokens(tokens: readonly Token[], from: number, numbers: TermNumbers, into: FieldOccurrences): void {
  let last = -1;
  for (const token of tokens) {
    for (const term of termsAt(token)) {
      into.terms.push(numbers.numberOf(term));
      into.positions.push(from + token.position);
    }
    if (token.position !== last) into.length++;
    last = token.position;
  }
}
