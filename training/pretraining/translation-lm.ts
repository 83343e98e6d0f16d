import type { TextTokenizer } from '../../models/tokenizer/tokenizer.js';
import { bareTokens, framed, isTelling, type Sequence } from './token-windows.js';

/**
 * Lays a text and its translation out as one sequence (translation language modelling, Lample & Conneau, NeurIPS 2019, 3.3): each side
 * between its special tokens, and the positions of the target start again from 0, so that what stands at the same place of both lies
 * close. Tokens of both sides are masked, and attention sees both: a word that is masked here can be read there.
 * The paper adds an embedding of the language; as in XLM-R there is none here, for a tower is not told the language of what it reads.
 * @param maxTokens  of each side, special tokens included; a longer side is cut, since windows of two languages do not match
 * @returns undefined where a side has no token, or both together less than two that stand for text
 */
export function translationSequence(
  tokenizer: TextTokenizer,
  source: string,
  target: string,
  maxTokens: number,
): Sequence | undefined {
  const { before, after } = tokenizer.frame;
  const room = maxTokens - before.length - after.length;
  const sides = [source, target].map(text => bareTokens(tokenizer, text).subarray(0, room));
  if (sides.some(side => side.length === 0)) return undefined;
  const [a, b] = sides.map(side => framed(tokenizer, side));
  const sequence = {
    ids: Int32Array.from([...a.ids, ...b.ids]),
    positions: Int32Array.from([...a.positions, ...b.positions]),
  };
  return isTelling(tokenizer, sequence) ? sequence : undefined;
}
