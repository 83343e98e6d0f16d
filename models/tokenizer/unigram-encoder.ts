import { bestPath, emptyLattice, fillLattice, findBestPath, unknownPiece } from './lattice.js';
import { normaliseText, splitWords } from './normalise.js';
import { buildTrie } from './piece-trie.js';

/** Turns text into ids without special tokens, at most `most` of them. */
export type Encoder = (text: string, most: number) => number[];

export interface UnigramModel {
  /** piece and log probability by id */
  readonly vocabulary: readonly (readonly [string, number])[];
  readonly unknownId: number;
  /** ids that no text may reach: a person who types `<mask>` gets the pieces of those six characters */
  readonly specialIds: ReadonlySet<number>;
}

/** How far below the least probable piece an unknown character lies; 10 in SentencePiece and Hugging Face. */
const unknownPenalty = 10;
/** Words repeat (Zipf), so their ids are remembered: at most so many words of at most so many UTF-16 units, about 10 MB. */
const mostRemembered = 2 ** 16;
const longestRemembered = 32;

/**
 * The runtime of vocabularies trained here: normalise, split into words, best path for each. The ids are those of the
 * Hugging Face Unigram model, ties and fused unknown characters included; work ends with the word that fills `most`.
 */
export function unigramEncoder({ vocabulary, unknownId, specialIds }: UnigramModel): Encoder {
  const trie = buildTrie(vocabulary.map(([piece], id) => (specialIds.has(id) ? '' : piece)));
  const scores = Float64Array.from(vocabulary, entry => entry[1]);
  const unknownScore = scores.reduce((least, score) => Math.min(least, score), 0) - unknownPenalty;
  const lattice = emptyLattice();
  let symbols = new Int32Array(64);

  const loadWord = (word: string): number => {
    if (symbols.length < word.length) symbols = new Int32Array(2 * word.length);
    let length = 0;
    for (let i = 0; i < word.length; ) {
      const symbol = word.codePointAt(i)!;
      symbols[length++] = symbol;
      i += symbol > 0xffff ? 2 : 1;
    }
    return length;
  };

  const cutWord = (word: string): readonly number[] => {
    const length = loadWord(word);
    fillLattice(lattice, trie, symbols, 0, length);
    findBestPath(lattice, scores, unknownScore);
    const ids: number[] = [];
    let fused = false;
    for (const edge of bestPath(lattice)) {
      const unknown = lattice.pieces[edge] === unknownPiece;
      if (!(unknown && fused)) ids.push(unknown ? unknownId : lattice.pieces[edge]);
      fused = unknown;
    }
    return ids;
  };

  const known = new Map<string, readonly number[]>();
  const idsOf = (word: string): readonly number[] => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const ids = cutWord(word);
    if (word.length > longestRemembered) return ids;
    if (known.size === mostRemembered) known.clear();
    known.set(word, ids);
    return ids;
  };

  return (text, most) => {
    const ids: number[] = [];
    for (const word of splitWords(normaliseText(text))) {
      if (ids.length >= most) break;
      for (const id of idsOf(word)) ids.push(id);
    }
    if (ids.length > most) ids.length = most;
    return ids;
  };
}
