import { TandemError } from '../../src/errors/tandem-error.js';
import { expectPieces, isSingle, maximisePieces } from './expectation-maximisation.js';
import { prunePieces } from './prune-pieces.js';
import { type Piece, seedPieces } from './seed-pieces.js';
import { specialTokens } from './tokenizer-json.js';
import { countWords, coveredCharacters, type Units, unitsOf } from './units.js';

/** Share of all characters that the vocabulary covers; the rest are `<unk>`. .9995 in SentencePiece. */
const characterCoverage = 0.9995;
/** Most candidate pieces to begin with; 1,000,000 in SentencePiece. */
const mostSeeds = 1_000_000;
/** Pruning stops this much above the wanted size, and the last pieces go by probability; 1.1 in SentencePiece. */
const headroom = 1.1;
const stepsPerRound = 2;

/**
 * Trains a Unigram vocabulary (Kudo, ACL 2018): many candidate pieces, whose probabilities are fitted by expectation maximisation;
 * those that matter least are dropped, round by round, until the wanted size is reached.
 * Unigram and not BPE: it is the model of the XLM family, whose imported encoders share the format, and its pieces follow
 * the whole word rather than a history of merges. The result depends on the texts alone, not on their order.
 * @param vocabularySize  entries wanted, the five special tokens included; texts that do not bear so many give fewer
 * @returns the pieces after the special tokens, most probable first; score = log probability
 * @throws TandemError 'data/empty' without a single word; 'config/bad-value' when the covered characters alone need more room
 */
export function trainUnigram(texts: Iterable<string>, vocabularySize: number): Piece[] {
  const words = countWords(texts);
  if (words.size === 0) throw new TandemError('data/empty', 'a vocabulary cannot be trained: the texts hold no word');
  const characters = coveredCharacters(words, characterCoverage);
  const wanted = vocabularySize - specialTokens.length;
  if (wanted < characters.size) throw tooSmall(vocabularySize, characters.size + specialTokens.length);
  const units = unitsOf(words, new Set(characters.keys()));
  const singles = [...characters].map(([text, score]) => ({ text, score }));
  return finish(fitAndPrune(units, initialise([...singles, ...seedPieces(units, mostSeeds)]), wanted), wanted);
}

const tooSmall = (vocabularySize: number, least: number): TandemError =>
  new TandemError(
    'config/bad-value',
    `textEncoder.vocabularySize: must be at least ${least} to hold the characters of these texts, got ${vocabularySize}`,
    { vocabularySize, least },
  );

/** Frequencies -> log probabilities, in proportion to frequency times length. */
function initialise(pieces: readonly Piece[]): Piece[] {
  const mass = pieces.map(({ text, score }) => score * [...text].length);
  const logSum = Math.log(mass.reduce((sum, value) => sum + value, 0));
  return pieces.map(({ text }, i) => ({ text, score: Math.log(mass[i]) - logSum }));
}

/** Rounds of fitting and pruning down to a tenth above the wanted number. */
function fitAndPrune(units: Units, seeds: Piece[], wanted: number): Piece[] {
  const target = Math.ceil(headroom * wanted);
  let pieces = seeds;
  for (;;) {
    for (let step = 0; step < stepsPerRound; step++)
      pieces = maximisePieces(pieces, expectPieces(units, pieces).expected);
    if (pieces.length <= target) return pieces;
    pieces = prunePieces(units, pieces, target);
  }
}

/** All single characters and the most probable others; ties by text. */
function finish(pieces: readonly Piece[], wanted: number): Piece[] {
  const byScore = (a: Piece, b: Piece): number => b.score - a.score || (a.text < b.text ? -1 : 1);
  const singles = pieces.filter(piece => isSingle(piece.text));
  const others = pieces.filter(piece => !isSingle(piece.text)).sort(byScore);
  return [...singles, ...others.slice(0, wanted - singles.length)].sort(byScore);
}
