import type { TextTokenizer } from '../../models/tokenizer/tokenizer.js';

/** What the encoder reads at once: token ids, and the position that each stands at, int32 [T]. */
export interface Sequence {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
}

/** A text's tokens without special ones, whole. */
export function bareTokens(tokenizer: TextTokenizer, text: string): Int32Array {
  const { before, after } = tokenizer.frame;
  const ids = tokenizer.encode(text, Number.MAX_SAFE_INTEGER);
  return ids.subarray(before.length, ids.length - after.length);
}

/** Tokens of one text between its special ones, at positions from 0. */
export function framed({ frame: { before, after } }: Pick<TextTokenizer, 'frame'>, tokens: Int32Array): Sequence {
  const ids = Int32Array.from([...before, ...tokens, ...after]);
  return { ids, positions: Int32Array.from(ids.keys()) };
}

/** Fewest tokens of a sequence that stand for text: a single one has no neighbour that would say anything about it. */
const leastTokens = 2;

/** Whether anything can be learnt from a sequence. */
export const isTelling = ({ specialIds }: Pick<TextTokenizer, 'specialIds'>, { ids }: Sequence): boolean =>
  ids.reduce((sum, id) => sum + (specialIds.has(id) ? 0 : 1), 0) >= leastTokens;

/**
 * Cuts a text into windows of equal length, as few as do, each framed as a text of its own.
 * @param maxTokens  longest window, special tokens included
 * @returns those with two tokens or more
 */
export function windowsOf(tokenizer: TextTokenizer, text: string, maxTokens: number): Sequence[] {
  const tokens = bareTokens(tokenizer, text);
  const { before, after } = tokenizer.frame;
  const count = Math.ceil(tokens.length / (maxTokens - before.length - after.length));
  const windows = Array.from({ length: count }, (_, w) => {
    const [from, to] = [w, w + 1].map(edge => Math.round((edge * tokens.length) / count));
    return framed(tokenizer, tokens.subarray(from, to));
  });
  return windows.filter(window => isTelling(tokenizer, window));
}
