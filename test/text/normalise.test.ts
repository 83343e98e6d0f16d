import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../src/text/normalise.js';

const units = fc.array(fc.nat(0xffff), { maxLength: 40 }).map(codes => String.fromCharCode(...codes));
const anyText = fc.oneof(units, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
/** What departs from NFKC on purpose, and capital I with dot, whose lower case is two characters. */
const departures =
  /[\u2120\u2122\xbc-\xbe\u2150-\u215f\u2189\u2044\u0130\u0e33\u0e40\u0e4d\u0eb3\u0ec0\u0ecd\u05f3\u05f4\u200c`\u00b4\u02b9-\u02cb\u201b-\u201f\u2032\u2033\u2035\u055a\ua78b\ua78c\u066b\u066c]|(?![0-9])\p{Nd}/u;
const unseen = /\p{Default_Ignorable_Code_Point}|\u20e3|\p{Emoji_Modifier}/gu;

describe('normalise', () => {
  it('lower-cases and brings compatible forms together', () => {
    expect(normalise('ABC', 'und').text).toBe('abc');
    expect(normalise('ﬁne Ｗ²', 'und').text).toBe('fine w2');
    expect(normalise('CAFE\u0301', 'und').text).toBe('caf\u00e9');
    expect(normalise('ﾊﾟﾅ', 'und').text).toBe('パナ');
    expect(normalise('\u1112\u1161\u11ab', 'und').text).toBe('한');
  });

  it('keeps trade marks and vulgar fractions from sticking to the word before', () => {
    expect(normalise('Tie™', 'und').text).toBe('tie ');
    expect(normalise('1½ in', 'und').text).toBe('1 1/2 in');
  });

  it('knows the two letters i of Turkish', () => {
    expect(normalise('IŞIK İl', 'tr').text).toBe('ışık il');
    expect(normalise('IL', 'und').text).toBe('il');
  });

  it('leads every unit back to the input that made it', () => {
    const { text, origin } = normalise('a½b', 'und');
    expect(text).toBe('a 1/2b');
    expect([...(origin?.starts ?? [])]).toEqual([0, 1, 1, 1, 1, 2]);
    expect([...(origin?.ends ?? [])]).toEqual([1, 2, 2, 2, 2, 3]);
  });

  it('has no need of a way back where nothing moved', () => {
    expect(normalise('Häuser', 'und').origin).toBeUndefined();
  });

  it('composes every Korean letter in a circle with the letters behind it, as NFKC does', () => {
    for (let code = 0x3260; code <= 0x327e; code++) {
      for (const behind of ['\u3135', '\u11aa', '\u1161', '\uffc2']) {
        const text = String.fromCharCode(code) + behind;
        expect(normalise(text, 'und').text).toBe(text.normalize('NFKC'));
      }
    }
  });

  it('equals NFKC, lower case, NFKC of the whole text; final sigma apart, which folding makes one letter', () => {
    const whole = (text: string): string =>
      text.replace(unseen, '').normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll('ς', 'σ');
    fc.assert(
      fc.property(
        anyText.filter(text => !departures.test(text)),
        text => {
          expect(normalise(text, 'und').text.replaceAll('ς', 'σ')).toBe(whole(text));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('gives origins that rise, lie in the input and cover each other in order', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { text: normal, origin } = normalise(text, 'und');
        expect(origin === undefined ? text.length : origin.starts.length).toBe(normal.length);
        if (origin === undefined) return;
        for (let i = 0; i < normal.length; i++) {
          expect(origin.starts[i]).toBeLessThan(origin.ends[i]);
          expect(origin.ends[i]).toBeLessThanOrEqual(text.length);
          if (i > 0) expect(origin.starts[i]).toBeGreaterThanOrEqual(origin.starts[i - 1]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
