import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireFrom } from '../../src/config/optional-packages.js';
import { cutScripts } from '../../src/text/script.js';
import { createSegmenter, longestWord } from '../../src/text/segment.js';
import { wordClass, wordClassTable } from '../../src/text/word-class.js';

const segment = createSegmenter();
const words = (text: string): string[] => {
  const found: string[] = [];
  segment(text, (start, end) => found.push(text.slice(start, end)));
  return found;
};

const intl = new Intl.Segmenter('en', { granularity: 'word' });
/** The oracle: segments with a letter or a digit in them, cut where the script changes. */
const intlWords = (text: string): string[] =>
  [...intl.segment(text)]
    .map(part => part.segment)
    .filter(part => /[\p{L}\p{Nd}\p{Nl}]/u.test(part))
    .flatMap(word => {
      const pieces: string[] = [];
      cutScripts(word, 0, word.length, (start, end) => pieces.push(word.slice(start, end)));
      return pieces;
    });

const table = wordClassTable();
const knownCharacters = [...table.keys()].filter(code => table[code] !== wordClass.unknown);

describe('createSegmenter', () => {
  it('cuts words as UAX #29 says', () => {
    expect(words("The dog's dv7-1211ea, 3/4 in. x 1,000.5 a_b __ c++ at&t")).toEqual([
      'The',
      "dog's",
      'dv7',
      '1211ea',
      '3',
      '4',
      'in',
      'x',
      '1,000.5',
      'a_b',
      'c',
      'at',
      't',
    ]);
    expect(words('')).toEqual([]);
    expect(words(" ... '' ")).toEqual([]);
  });

  it('finds words where no spaces stand between them', () => {
    expect(words('我喜欢红色的心')).toEqual(['我', '喜欢', '红色', '的', '心']);
    expect(words('หัวใจสีแดง')).toEqual(['หัวใจ', 'สี', 'แดง']);
    expect(words('赤いハート')).toEqual(['赤い', 'ハート']);
  });

  it('ends a word where the script changes, and keeps model numbers and marks of measures whole', () => {
    for (const [text, pieces] of [
      ['กล้องCanon', 'กล้อง Canon'],
      ['สายUSBยาว', 'สาย USB ยาว'],
      ['หนังสือ2เล่ม', 'หนังสือ 2 เล่ม'],
      ['ຂາຍiPhone', 'ຂາຍ iPhone'],
      ['សៀវភៅCanon', 'សៀវភៅ Canon'],
      ['စာအုပ်Canon', 'စာအုပ် Canon'],
      ['شاحنUSB', 'شاحن USB'],
      ['אייפון13', 'אייפון 13'],
      ['नमस्तेCanon', 'नमस्ते Canon'],
      ['डीवी7', 'डीवी 7'],
      ['শার্টXL', 'শার্ট XL'],
      ['ქართულიUSB', 'ქართული USB'],
      ['ЧехолiPhone13про', 'Чехол iPhone13 про'],
      ['ΚάμεραCanon', 'Κάμερα Canon'],
      ['LG전자', 'LG 전자'],
      ['日本語Canon製', '日本語 Canon 製'],
      ['ABC_กล้อง', 'ABC กล้อง'],
      ['dv71211ea', 'dv71211ea'],
      ['ГОСТ123', 'ГОСТ123'],
      ['10\u03bcm', '10\u03bcm'],
      ['10kΩ', '10kΩ'],
      ['赤いハート', '赤い ハート'],
      ['e\u0301te\u0301', 'e\u0301te\u0301'],
    ])
      expect(words(text).join(' '), text).toBe(pieces);
  });

  it('takes emoji for words, and no sign of rights', () => {
    expect(words('Just 🍕🍕, 🇫🇷 and ❤ © Foo® ™')).toEqual(['Just', '🍕', '🍕', '🇫🇷', 'and', '❤', 'Foo']);
  });

  it('agrees with Intl.Segmenter on every character of the fast path, between every kind of neighbour', () => {
    for (const code of knownCharacters) {
      const character = String.fromCharCode(code);
      for (const [before, after] of [
        ['', ''],
        ['a', 'a'],
        ['1', '1'],
        ['a', '1'],
        ['1', 'a'],
        ['_', '_'],
        ['a.', 'a'],
        ['1', ',1'],
        ["a'", "'a"],
      ]) {
        const text = before + character + after;
        expect(words(text), JSON.stringify(text)).toEqual(intlWords(text));
      }
    }
  });

  it('agrees with Intl.Segmenter on random text of the fast path', () => {
    const common = [..."aZ19_.,;:'’·- \u0301\u00adжΩé"].map(character => character.charCodeAt(0));
    const character = fc.oneof(fc.constantFrom(...common), fc.constantFrom(...knownCharacters));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 30 }), codes => {
        const text = String.fromCharCode(...codes);
        expect(words(text)).toEqual(intlWords(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with Intl.Segmenter on real text in every language of the emoji annotations', () => {
    const annotations = requireFrom('tandem-search-demo-data')
      .resolve('cldr-annotations-full/package.json')
      .replace('package.json', 'annotations');
    for (const locale of [
      'en',
      'de',
      'fr',
      'es',
      'pl',
      'tr',
      'vi',
      'ru',
      'uk',
      'el',
      'ar',
      'he',
      'hi',
      'zh',
      'ja',
      'ko',
      'th',
    ]) {
      const file = `${annotations}/${locale}/annotations.json`;
      expect(existsSync(file), file).toBe(true);
      const entries: { tts?: string[]; default?: string[] }[] = Object.values(
        JSON.parse(readFileSync(file, 'utf8')).annotations.annotations,
      );
      for (const { tts = [], default: names = [] } of entries.slice(0, 150)) {
        const text = [...tts, ...names].join(', ');
        expect(words(text), locale).toEqual(intlWords(text));
      }
    }
  });

  it('finds the same words in a long text as Intl.Segmenter in one go, though it asks piece by piece', () => {
    for (const base of ['صلى الله عليه وسلم، ', '赤いハート、絵文字。私の', 'หัวใจสีแดง สีเขียว ', 'जो दिल! है', 'é “x” ']) {
      const text = base.repeat(Math.ceil(6000 / base.length));
      expect(words(text)).toEqual(intlWords(text));
    }
  });

  it('stays linear on text without any place to cut', () => {
    const text = 'ﷺ'.normalize('NFKC').repeat(10_000);
    expect(words(text).length).toBeGreaterThan(10_000);
    expect(words('字'.repeat(20_000)).join('')).toBe('字'.repeat(20_000));
  });

  it('cuts an endless word into pieces that join to the word, never inside a character', () => {
    for (const long of ['x'.repeat(1_000_000), '𝒳'.repeat(1000)]) {
      const pieces = words(long);
      expect(pieces.join('')).toBe(long);
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(longestWord);
        expect(piece).toBe(piece.toWellFormed());
      }
    }
  });
});
