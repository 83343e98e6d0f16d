import { describe, expect, it } from 'vitest';
import { caseVariants, foldCase } from '../../src/columns/letter-case.js';
import { mostScanned } from '../../src/columns/scanned-texts.js';
import type { SortedTexts } from '../../src/columns/sorted-texts.js';
import { packStrings, StringTable } from '../../src/columns/string-table.js';
import { markMatching, parsePattern, patternWork } from '../../src/columns/text-pattern.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { createBitSet, eachBit } from '../../src/math/bit-set.js';
import { acceptedBy } from '../lexical/ask.js';
import { options } from './random-index.js';

const tableOf = (...texts: string[]): StringTable => new StringTable(packStrings([...new Set(texts)].sort()));

function found(table: SortedTexts, pattern: string, ignoreCase = false): string[] {
  const marks = createBitSet(table.count);
  markMatching(table, parsePattern(pattern, ignoreCase), marks);
  const texts: string[] = [];
  eachBit(marks, ordinal => texts.push(table.value(ordinal)));
  return texts;
}

const table = tableOf(
  'AB-12',
  'AB-12-XL',
  'AB-2',
  'ab-12',
  'B',
  'a*b',
  'a\\b',
  'axb',
  'straße',
  'STRASSE',
  'Ωmega',
  'ωMEGA',
);

describe('a pattern', () => {
  it.each<[string, string[]]>([
    ['AB-12', ['AB-12']],
    ['AB-1*', ['AB-12', 'AB-12-XL']],
    ['*-XL', ['AB-12-XL']],
    ['*2', ['AB-12', 'AB-2', 'ab-12']],
    ['AB-?', ['AB-2']],
    ['?', ['B']],
    ['a?b', ['a*b', 'a\\b', 'axb']],
    ['a\\*b', ['a*b']],
    ['a\\\\b', ['a\\b']],
    // before a letter it is itself
    ['a\\b', ['a\\b']],
    ['*1*X*', ['AB-12-XL']],
    ['*?*-*?*-*?*', ['AB-12-XL']],
    ['AB-12?*', ['AB-12-XL']],
    ['nothing*', []],
    ['?mega', ['Ωmega']],
  ])('%s', (pattern, texts) => {
    expect(found(table, pattern)).toEqual(texts.sort());
  });

  it.each<[string, string[]]>([
    ['Ab-12', ['AB-12', 'ab-12']],
    ['aB-1*', ['AB-12', 'AB-12-XL', 'ab-12']],
    ['*-xl', ['AB-12-XL']],
    ['ΩMEGA', ['Ωmega', 'ωMEGA']],
    // a letter is no two letters
    ['STRA*E', ['straße', 'STRASSE']],
    ['stra?e', ['straße']],
    ['STRAẞE', ['straße']],
  ])('%s without case', (pattern, texts) => {
    expect(found(table, pattern, true)).toEqual(texts.sort());
  });

  it('takes 😀 for one character, in the pattern and in the text', () => {
    const smileys = tableOf('a😀b', 'a😀', '😀😀', '\ud83d', 'é\u0301');
    expect(found(smileys, 'a?b')).toEqual(['a😀b']);
    expect(found(smileys, '?')).toEqual(['\ud83d']);
    expect(found(smileys, '??')).toEqual(['a😀', 'é\u0301', '😀😀'].sort());
    expect(found(smileys, '*😀')).toEqual(['a😀', '😀😀'].sort());
  });

  it('reads each character of a text once, however many ways there are to match', () => {
    const same = tableOf('a'.repeat(250), `${'a'.repeat(249)}b`);
    const pattern = parsePattern('*a?a*a*a?*ab', false);
    // two texts of 250 characters, to begin a text counts 8
    expect(patternWork(same, pattern)).toBe(516);
    expect(found(same, '*a?a*a*a?*ab')).toEqual([`${'a'.repeat(249)}b`]);
    // 99 characters and the place behind them: four words of 32 bits
    expect(patternWork(same, parsePattern(`*${'a'.repeat(99)}`, false))).toBe(2016);
    // what begins otherwise is not read, and neither is what a prefix says all of
    expect(patternWork(table, parsePattern('AB-1*2', false))).toBe('AB-12AB-12-XL'.length + 16);
    expect(patternWork(table, parsePattern('AB-1*', false))).toBe(0);
    expect(patternWork(table, parsePattern('ab-12', true))).toBe(0);
  });
});

describe('many texts', () => {
  it('are read in pieces, each text once', () => {
    const texts = Array.from({ length: 5_000 }, (_, i) => `${i % 7 === 0 ? '字' : 'x'}${i}`.padEnd((i % 11) * 30, '-'));
    const wide = tableOf(...texts);
    expect(found(wide, '*9*')).toEqual(texts.filter(text => text.includes('9')).sort());
    const seen: string[] = [];
    wide.eachText(3, 4_990, (text, start, end) => seen.push(text.slice(start, end)));
    expect(seen).toEqual(texts.sort().slice(3, 4_990));
  });
});

describe('letters without their case', () => {
  it('are those that regular expressions take for one, and the I of Turkish', () => {
    let cased = 0;
    for (let point = 0; point < 0x110000; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const letter = String.fromCodePoint(point);
      const folded = foldCase(point);
      if (folded === point) continue;
      cased++;
      expect(caseVariants(point), letter).toContain(folded);
      if (point === 0x130 || point === 0x131) continue;
      expect(new RegExp(letter, 'iu').test(String.fromCodePoint(folded)), letter).toBe(true);
    }
    expect(cased).toBeGreaterThan(1_300);
    expect(caseVariants(0x69).map(point => String.fromCodePoint(point))).toEqual(['I', 'i', 'İ', 'ı']);
    expect(caseVariants(0x3c3).map(point => String.fromCodePoint(point))).toEqual(['Σ', 'ς', 'σ']);
    expect(caseVariants(0x5b57)).toEqual([0x5b57]);
  });
});

describe('the patterns of a request', () => {
  it('look through so many characters and no more, over all segments', () => {
    const index = createTokenIndex(options);
    const documents = 2_000;
    const length = 200;
    for (let i = 0; i < documents; i++) {
      index.add({ id: `${i}`, title: 'x', sku: `${i}`.padStart(length, 'x') });
      if (i === 700) index.flush();
    }
    const like = (count: number) => ({
      like: { field: 'sku', values: Array.from({ length: count }, (_, i) => `*${i + 10}`) },
    });
    const most = Math.floor(mostScanned / (documents * (length + 8)));
    expect(acceptedBy(index, [like(most)]).count).toBeGreaterThan(most);
    const tooMuch = expect.objectContaining({ code: 'search/bad-filter', message: expect.stringMatching(/8,388,608/) });
    expect(() => acceptedBy(index, [like(most + 1)])).toThrow(tooMuch);
    expect(() =>
      acceptedBy(index, [like(most), { not: { any: [{ like: { field: 'sku', values: ['*'] } }, like(1)] } }]),
    ).toThrow(tooMuch);
    // the same one again is answered once
    expect(acceptedBy(index, [like(most), like(most)]).count).toBe(acceptedBy(index, [like(most)]).count);
  });
});
