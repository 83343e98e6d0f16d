import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChains } from '../../src/lexical/analysis-chains.js';
import { documentReader } from '../../src/lexical/document-reader.js';
import { indexFields } from '../../src/lexical/index-fields.js';
import { TermNumbers } from '../../src/lexical/term-numbers.js';
import { finish } from '../../src/math/finish.js';
import { lowerLocaleOf } from '../../src/text/analyzer.js';
import { noWordsTold, tellWords, writtenForm } from '../../src/text/written-words.js';

const fields = indexFields({ fieldWeights: { title: 1 } });

/** What the reader takes of a text, and what the analysis of the whole text says: terms with positions, and the words with their terms. */
function readBoth(text: string, language: string) {
  const chains = createChains(language);
  const numbers = new TermNumbers();
  const document = { id: 'a', title: text };
  const { fields: found, words } = finish(documentReader(fields, chains).read(document, numbers));
  const [{ terms, positions, length }] = found;
  const chain = chains.analyzer();
  const whole = fields.tokens(document, chain)[0];
  const told = noWordsTold();
  tellWords(text, chain.analyze(text), lowerLocaleOf(language), told);
  const expectedWords = told.terms.flatMap((term, i) => {
    const written = writtenForm(told.texts[i].slice(told.starts[i], told.ends[i]));
    return written === null ? [] : [`${written.form} ${term}`];
  });
  const readWords = [...words.used].map(
    word => `${numbers.wordForm(word).form} ${numbers.term(numbers.termOfWord(word))}`,
  );
  return {
    read: {
      tokens: Array.from(terms.used, (term, i) => ({ term: numbers.term(term), position: positions.data[i] })),
      length,
      words: [...new Set(readWords)].sort(),
    },
    whole: {
      tokens: whole,
      length: new Set(whole.map(({ position }) => position)).size,
      words: [...new Set(expectedWords)].sort(),
    },
  };
}

const words =
  "garden Hose reel LED the of to by in IT x X by mal auf par sur por на х 4 12 000 10 3.5 3,5 1/2 3/4 16:9 6'2 5'11\" 36\" 6' 4x8 4x 9x15ft x4 4'x8 ft. ft in. in sq. sq ft2 square cubic feet inch gal 5-gal 5gal M8 m8x20 8x20 K 2700 2700K °C 20° c f degrees celsius Wi-Fi wi fi AB-1234/X U.S.A. Node.js rock 'n' roll o'reilly Crêpes café Straße Möbel® Husky™ \" ' ( ) (4 (x 4) - – & / : ; , . ... , 4, Hose, Hose. hose/reel 20% % 100 % a-b a_b C++ c# ½ ² 鼠标 連衣裙 スマホ กล้องCanon ผ้า שלום مرحبا привет насос100вт 10л 🍕 \u00a0 \u0301 e\u0301 \u00ad a\u00adb \u200d ` `x` ´ 60 Watt watt W H D 24 w 36 h carré carrés cuadrados m 2 in 1 x. x, by, W, Wet/Dry In-Line line-in Hose-ft up-to AT&T Hose-Reel. -Hose zr r 205/55 16 CE No. (Box) w32 l34 4.0 5,0 40.0 1.10 3.11.2 v2.4.1 192.168.10.20 192.168.100.5 2024.1.3 10.00.2024 1.2.3rc1 1.0.2k 0x8007 3x1,5mm² degrees-c square-Hose zoll Zoll zentimeter pouces mm cm LITRE İnç I ı".split(
    ' ',
  );

describe('documentReader', () => {
  it.each(['en', 'de', 'fr', 'es', 'ru', 'tr', 'zh', 'th', 'und'])(
    'reads in pieces what the analysis makes of the whole: %s',
    language => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(' ', ' ', ' ', '  ', '\n', '')), {
            maxLength: 14,
          }),
          pairs => {
            const { read, whole } = readBoth(pairs.flat().join(''), language);
            expect(read).toEqual(whole);
          },
        ),
        { numRuns: 400 },
      );
    },
  );

  it.each([
    '20 degrees c Hose x 4',
    '4 Hose - Reel x 5',
    '4 & Hose - Reel x 5',
    '8 in. W x 4 Hose',
    '½ Hose reel x 3',
    '16 : 9 Hose reel x 4',
    '100 garden gardenх 5',
    '100 garden хgarden 5',
    '100 garden hose-х 5',
    '8 in. W x 4.0 Hose',
    '4.0 x 40.0 Hose x 5',
  ])('leaves an x to its number: %s', text => {
    const { read, whole } = readBoth(text, 'en');
    expect(read).toEqual(whole);
  });

  it('leaves an x to its number among few other words', () => {
    const few = '4 4.0 10 000 ½ Hose Reel Hose - & / : ° degrees c x X x4 by (4 sq. ft. in. M8 4x'.split(' ');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...few), { maxLength: 9 }), chosen => {
        const { read, whole } = readBoth(chosen.join(' '), 'en');
        expect(read).toEqual(whole);
      }),
      { numRuns: 1500 },
    );
  });

  it('reads a document into arrays of another that were given back as into new ones', () => {
    const chains = createChains('en');
    const numbers = new TermNumbers();
    const reader = documentReader(fields, chains);
    const read = (title: string, from = reader) => {
      const found = finish(from.read({ id: 'a', title }, numbers));
      const [{ terms, positions, length }] = found.fields;
      return { found, seen: [[...terms.used], [...positions.used], length, [...found.words.used]] };
    };
    for (const title of ['Garden hose 20 m', 'reel', '', `${'long hose '.repeat(3000)}`, 'Wi-Fi reel']) {
      const { found, seen } = read(title);
      expect(seen).toEqual(read(title, documentReader(fields, chains)).seen);
      reader.giveBack(found);
    }
  });
});
