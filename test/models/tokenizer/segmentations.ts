import type { Piece } from '../../../models/tokenizer/seed-pieces.js';

/** The oracle of the lattice: every way to cut a text into pieces, spelled out. */
export function segmentations(text: string, pieces: readonly Piece[]): Piece[][] {
  if (text === '') return [[]];
  return pieces
    .filter(piece => text.startsWith(piece.text))
    .flatMap(piece => segmentations(text.slice(piece.text.length), pieces).map(rest => [piece, ...rest]));
}

export const scoreOf = (path: readonly Piece[]): number => path.reduce((sum, piece) => sum + piece.score, 0);
