import tokenizers from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { normaliseText, splitWords } from '../../../models/tokenizer/normalise.js';
import { oddTexts, sentences } from './texts.js';

describe('normaliseText', () => {
  it('composes, lowers and folds the final sigma', () => {
    expect(normaliseText('Cafe\u0301 ½ ㎏')).toBe('café 1⁄2 kg');
    expect(normaliseText('ΟΔΟΣ οδός')).toBe('οδοσ οδόσ');
    expect(normaliseText('ABC-12')).toBe('abc-12');
    expect(normaliseText('a\ud800')).toBe('a\ufffd');
  });

  it('equals the normaliser that tokenizer.json names, on all but some characters younger than its Unicode tables', () => {
    const reference = tokenizers.sequenceNormalizer([
      tokenizers.nfkcNormalizer(),
      tokenizers.lowercase(),
      tokenizers.replace('\u03c2', '\u03c3'),
    ]);
    // an accent after each character shows how it composes; blocks, because a call costs more than a character
    const probe = (codePoint: number): string => `a${String.fromCodePoint(codePoint)}\u0301b`;
    const differs = (text: string): boolean => reference.normalizeString(text) !== normaliseText(text);
    const different: number[] = [];
    for (let block = 0; block < 0x110000; block += 256) {
      if (block >= 0xd800 && block < 0xe000) continue;
      const codePoints = Array.from({ length: 256 }, (_, i) => block + i);
      if (differs(codePoints.map(probe).join(''))) different.push(...codePoints.filter(at => differs(probe(at))));
    }
    expect(different.length).toBeLessThan(400);
    expect(different.filter(codePoint => codePoint < 0x7fd)).toEqual([]);
  });
});

describe('splitWords', () => {
  it('drops whitespace and marks each word', () => {
    expect(splitWords(' garden\u3000hose \n')).toEqual(['▁garden', '▁hose']);
    expect(splitWords('')).toEqual([]);
    expect(splitWords('  ')).toEqual([]);
    expect(splitWords('a▁b ▁c ▁▁')).toEqual(['▁a', '▁b', '▁c', '▁', '▁']);
  });

  it('equals the pre-tokeniser that tokenizer.json names', () => {
    const reference = tokenizers.sequencePreTokenizer([
      tokenizers.whitespaceSplitPreTokenizer(),
      tokenizers.metaspacePreTokenizer(),
    ]);
    for (const text of [...sentences, ...oddTexts].map(normaliseText)) {
      expect(splitWords(text)).toEqual(reference.preTokenizeString(text).map(([word]) => word));
    }
  });
});
