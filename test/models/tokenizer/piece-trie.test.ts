import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTrie, childOf, type PieceTrie, rootNode } from '../../../models/tokenizer/piece-trie.js';

const find = (trie: PieceTrie, text: string): number => {
  let node = rootNode;
  for (const character of text) {
    node = childOf(trie, node, character.codePointAt(0)!);
    if (node < 0) return -1;
  }
  return trie.pieces[node];
};

describe('buildTrie', () => {
  it('finds each piece and nothing else, also after it has grown', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 500, size: 'max' }), fc.array(text), (pieces, others) => {
        const trie = buildTrie(pieces);
        const known = new Map(pieces.map((piece, i) => [piece, i]));
        for (const candidate of [...pieces, ...others]) expect(find(trie, candidate)).toBe(known.get(candidate) ?? -1);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves an empty piece out of reach', () => {
    const trie = buildTrie(['', 'a']);
    expect(find(trie, '')).toBe(-1);
    expect(find(trie, 'a')).toBe(1);
  });
});
