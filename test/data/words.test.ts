import { describe, expect, it } from 'vitest';
import { countDemand, createTypedWordSplitter, isUnspaced } from '../../data/words.js';

describe('createTypedWordSplitter', () => {
  const split = createTypedWordSplitter();

  it('keeps inner punctuation and strips outer', () => {
    expect(split('3/4 in. x 9x15 "Door" 1-Handle (TM) — it\'s')).toEqual([
      '3/4',
      'in',
      'x',
      '9x15',
      'door',
      '1-handle',
      'tm',
      "it's",
    ]);
  });

  it('finds no word in punctuation, white space or nothing', () => {
    expect(split(' -- \u00a0 !?\n')).toEqual([]);
    expect(split('')).toEqual([]);
  });

  it('composes accents and keeps combining marks that have no composition', () => {
    expect(split('CAFE\u0301')).toEqual(['café']);
    expect(split('बिल्ली का')).toEqual(['बिल्ली', 'का']);
  });

  it('cuts scripts without spaces into pieces that make up the text', () => {
    for (const text of ['微笑的猫脸', 'ネコの顔', 'หน้าแมวยิ้ม']) {
      expect(isUnspaced(text)).toBe(true);
      const words = split(text);
      expect(words.length).toBeGreaterThan(1);
      expect(words.join('')).toBe(text);
    }
    expect(isUnspaced('고양이 얼굴')).toBe(false);
  });
});

describe('countDemand', () => {
  it('counts queries, not occurrences', () => {
    const expected = new Map([
      ['door', 2],
      ['red', 1],
      ['knob', 1],
    ]);
    expect(countDemand(['Door, door red', 'door knob'])).toEqual(expected);
  });
});
