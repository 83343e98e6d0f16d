import type { Hit } from '../../src/search/backend.js';
import { element } from './elements.js';

/** A piece of a text, marked where it is what was asked for. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/**
 * A text cut where a highlight says so. A text that the fragment is a part of is shown from the fragment on, where it is longer than that.
 * @param field  of the document; its highlight may be that of all attributes
 */
export function markedPieces(text: string, field: string, { highlights = [] }: Pick<Hit, 'highlights'>): Piece[] {
  const fragments = highlights
    .filter(each => each.field === field || each.field === 'attributes')
    .flatMap(each => each.fragments);
  const fragment = fragments.find(each => text.includes(each.text));
  if (fragment === undefined) return [{ text, marked: false }];
  const start = text.indexOf(fragment.text);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (to: number, marked: boolean): void => {
    if (to > at) pieces.push({ text: text.slice(at, to), marked });
    at = Math.max(at, to);
  };
  for (const [from, to] of fragment.spans.toSorted((a, b) => a[0] - b[0])) {
    add(start + from, false);
    add(start + to, true);
  }
  add(text.length, false);
  return pieces;
}

/** The same as nodes. */
export const marked = (text: string, field: string, hit: Pick<Hit, 'highlights'>): (Node | string)[] =>
  markedPieces(text, field, hit).map(piece => (piece.marked ? element('mark', {}, piece.text) : piece.text));
