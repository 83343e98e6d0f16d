import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish } from '../../src/math/finish.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { expandQuery } from '../../src/text/expand-query.js';
import type { Vocabulary } from '../../src/text/vocabulary.js';

const expandNow = (...asked: Parameters<typeof expandQuery>) => finish(expandQuery(...asked));

const analyzer = createAnalyzer('en');

/** Optimal string alignment distance, written out. */
function edits(a: string, b: string): number {
  const row = (i: number): number[] => Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0));
  const table = Array.from({ length: a.length + 1 }, (_, i) => row(i));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = table[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      table[i][j] = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.length][b.length];
}

/** 1,000 documents; idf is linear, so that weights can be worked out by hand. Terms with a space between them are how often they stand together, with & in how many they both are. */
const dictionaryOf = (counts: Readonly<Record<string, number>>): Vocabulary => {
  const count = (of: string): number => (Object.hasOwn(counts, of) ? counts[of] : 0);
  return {
    df: count,
    idf: df => 10 - df / 100,
    documents: 1000,
    *learning() {},
    near: (key, _term, most) =>
      Object.keys(counts)
        .filter(known => edits(key, known) <= most)
        .map(word => ({ word, documents: count(word) })),
    beginning: (key, most) =>
      Object.keys(counts)
        .filter(known => known.startsWith(key))
        .slice(0, most),
    sharing: (a, b) => count(`${a} & ${b}`) + count(`${b} & ${a}`),
    together: terms => count(terms.join(' ')),
    cuts: (_question, work) => work(),
    takesWord: () => true,
  };
};
const expand = (text: string, counts: Readonly<Record<string, number>>) =>
  expandNow(text, analyzer.analyze(text), analyzer, dictionaryOf(counts)).flatMap(({ terms, weight, origin }) =>
    terms.map(({ term }) => [term, weight, origin] as const),
  );
/** The same with what belongs together. */
const ways = (text: string, counts: Readonly<Record<string, number>>) =>
  expandNow(text, analyzer.analyze(text), analyzer, dictionaryOf(counts)).map(({ terms, apart, beside, weight }) => [
    `${terms.map(({ term }) => term).join(apart ? ' | ' : ' ')}${beside ? ' too' : ''}`,
    weight,
  ]);

describe('expandQuery', () => {
  it('keeps words that documents hold, and repeats', () => {
    expect(expand('paint the paint', { paint: 5, pain: 500 })).toEqual([
      ['paint', 1, 'typed'],
      ['the', 1, 'stop word'],
      ['paint', 1, 'typed'],
    ]);
  });

  it('corrects an unknown word to the known one nearest to it', () => {
    expect(expand('faucit', { faucit: 0, faucet: 5 })).toEqual([['faucet', 0.8, 'corrected']]);
    // one edit to few documents comes before two edits to many
    expect(expand('thermostad', { thermostat: 20, thermostbb: 900 })).toEqual([['thermostat', 0.8, 'corrected']]);
    expect(expand('thermostad', { thermostbb: 900 })).toEqual([['thermostbb', 0.8, 'corrected']]);
    expect(expand('faucit', { faucet: 20, faucut: 21 })).toEqual([['faucut', 0.8, 'corrected']]);
    // another first letter costs 1 more: ln 20 - .5 = 2.5 against ln 50 - 1.5 = 2.4, and ln 60 - 1.5 = 2.6
    expect(expand('faucit', { faucet: 20, gaucit: 50 })).toEqual([['faucet', 0.8, 'corrected']]);
    expect(expand('faucit', { faucet: 20, gaucit: 60 })).toEqual([['gaucit', 0.8, 'corrected']]);
  });

  it.each([
    ['a word that some documents hold', 'faucit', { faucit: 6, faucet: 900 }],
    ['a word that one document holds towards what is little more likely', 'faucit', { faucit: 1, faucet: 80 }],
    ['a word of two letters', 'dr', { dor: 900 }],
    ['a word of three letters alone', 'dor', { door: 900 }],
    ['two edits in a word of six letters', 'abcdef', { abcdxy: 900 }],
    ['a model number', 'dv712', { dv711: 900 }],
    ['a number', '71211', { 712: 9, 11: 9 }],
    ['towards a model number', 'abcdk', { abcd1: 900 }],
  ])('does not correct %s', (_, text, counts) => expect(expand(text, counts)).toEqual([[text, 1, 'typed']]));

  it.each([
    ['a short word towards one of few documents', 'dorr', { durr: 3 }],
    ['towards a term that hardly any document holds', 'faucit', { faucet: 2 }],
  ])('corrects %s only where no other word of the query is known', (_, text, counts) => {
    expect(expand(text, counts)).toEqual([[Object.keys(counts)[0], 0.8, 'corrected']]);
    expect(expand(`${text} paint`, { ...counts, paint: 5 })).toEqual([
      [text, 1, 'typed'],
      ['paint', 1, 'typed'],
    ]);
  });

  it('asks for a word that hardly any document holds beside what is much more likely', () => {
    // ln (1.1 * 90) - 3.5 = 1.1 is more than ln 1 + 1
    expect(ways('faucit', { faucit: 1, faucet: 90 })).toEqual([
      ['faucit', 1],
      ['faucet too', 0.8],
    ]);
  });

  it('corrects a word to what stands beside the others', () => {
    const counts = { birthday: 100, cake: 20, case: 60, leather: 50, 'birthday & cake': 15, 'case & leather': 20 };
    // one swap each, but no edit to case: ln 20 + ln ((15 + 2) / (40 * .1)) = 4.4 beside birthday
    expect(expand('birthday caek', counts)[1]).toEqual(['cake', 0.8, 'corrected']);
    expect(expand('birhtday caek', counts).map(([term]) => term)).toEqual(['birthday', 'cake']);
    const cars = { card: 100, care: 100, birthday: 100, skin: 100, 'card & birthday': 50, 'care & skin': 50 };
    expect(expand('birthday carf', cars)[1]).toEqual(['card', 0.8, 'corrected']);
    expect(expand('skin carr', cars)[1]).toEqual(['care', 0.8, 'corrected']);
    // of three letters that alone counts: ln 100 + ln ((50 + 2) / (120 * .1)) - 3.5 - .3 ln 1000 = .5
    expect(expand('skin cae', cars)[1]).toEqual(['care', 0.8, 'corrected']);
    expect(expand('card cae', cars)[1]).toEqual(['cae', 1, 'typed']);
  });

  it('parts an unknown word into the two known words whose rarer one is the most common', () => {
    expect(expand('deckcover', { deck: 40, cover: 30 })).toEqual([
      ['deck', 1, 'split'],
      ['cover', 1, 'split'],
    ]);
    // deck + over: 20, dec + kover: 10
    expect(expand('deckover', { deck: 20, over: 90, dec: 10, kover: 10 })).toEqual([
      ['deck', 1, 'split'],
      ['over', 1, 'split'],
    ]);
    expect(expand('deckcover', { deck: 40, cover: 4 })).toEqual([['deckcov', 1, 'typed']]);
    expect(expand('upcover', { up: 40, cover: 40 })).toEqual([['upcov', 1, 'typed']]);
  });

  it('prefers a correction to a split', () => {
    expect(expand('sunhalk', { sun: 40, halk: 40 })[0][2]).toBe('split');
    expect(expand('sunhalk', { sun: 40, halk: 40, sunhawk: 9 })).toEqual([['sunhawk', 0.8, 'corrected']]);
  });

  it('asks for two neighbours as one word too, at half the weight of both', () => {
    // .5 * (idf(100) + idf(200)) / idf(500) = .5 * (9 + 8) / 5 = 1.7
    expect(expand('bar code', { bar: 100, code: 200, barcod: 500 })).toEqual([
      ['bar', 1, 'typed'],
      ['barcod', 1.7, 'joined'],
      ['code', 1, 'typed'],
    ]);
    expect(ways('bar code', { bar: 100, code: 200, barcod: 500 })[1]).toEqual(['barcod too', 1.7]);
    expect(expand('bar code', { bar: 100, code: 200 })).toHaveLength(2);
    expect(expand('bar the code', { bar: 100, code: 200, barcod: 500 })).toHaveLength(3);
    expect(expand('4 5', { '4': 100, '5': 200, '45': 500 })).toHaveLength(2);
  });

  it('joins a stop word with its neighbour, and mends nothing into one', () => {
    // .5 * (idf(900) + idf(100)) / idf(5) = .5 * (1 + 9) / 9.95
    expect(expand('a-line', { a: 900, line: 100, alin: 5 })).toEqual([
      ['a', 1, 'stop word'],
      ['alin', 5 / 9.95, 'joined'],
      ['line', 1, 'typed'],
    ]);
    expect(expand('oak in to', { oak: 9, in: 900, to: 900, into: 90 }).map(([, , origin]) => origin)).toEqual([
      'typed',
      'stop word',
      'stop word',
    ]);
    expect(expand('thesse', { these: 900 })).toEqual([['thess', 1, 'typed']]);
    expect(expand('doorwith', { door: 90, with: 900 })).toEqual([['doorwith', 1, 'typed']]);
  });

  it('asks for a word that documents join by a hyphen, whether or not some write it as one', () => {
    expect(ways('wifi', { '-wifi': 6, wi: 6, fi: 6, 'wi fi': 6 })).toEqual([
      ['-wifi', 1],
      // idf(6) of what is written most often, over idf(wi) + idf(fi)
      ['wi fi too', 0.5],
    ]);
    // idf(500) / idf(100) = 5 / 9: a rarer spelling counts as the common one
    expect(ways('email', { email: 500, '-email': 100 })).toEqual([
      ['email', 1],
      ['-email too', 5 / 9],
    ]);
    expect(ways('wi-fi', { '-wifi': 6, wi: 6, fi: 6 })).toHaveLength(2);
  });

  it('parts a word into parts that stand together, before it corrects it', () => {
    const counts = { t: 20, shirt: 90, 't shirt': 10 };
    expect(ways('tshirt', counts)).toEqual([['t shirt', 1]]);
    // one letter stands beside many words: here in fewer than half of its documents
    expect(ways('tshirt', { ...counts, 't shirt': 9 })).toEqual([['shirt', 0.8]]);
    expect(ways('wifi', { wi: 90, fi: 90, 'wi fi': 9 })).toEqual([['wi fi', 1]]);
    expect(ways('wifi', { wi: 90, fi: 90, 'wi fi': 8 })).toEqual([['wifi', 1]]);
    expect(ways('cocacola', { coca: 90, cola: 90, 'coca cola': 1 })).toEqual([['coca | cola', 1]]);
    expect(ways('tictactoe', { tic: 9, tac: 9, toe: 9, 'tic tac': 9, 'tic tac toe': 9 })).toEqual([['tic tac toe', 1]]);
    expect(ways('5551234567', { '555': 9, '123': 9, '4567': 9, '555 123': 9, '555 123 4567': 2 })).toEqual([
      ['555 123 4567', 1],
    ]);
    expect(ways('10000', { '10': 50, '000': 20, '10 000': 3 })).toEqual([['10 000', 1]]);
  });

  it('asks for the parts of a known word too where they are hardly ever apart', () => {
    // idf(500) / (idf(12) + idf(10)) = 5 / 19.78
    const known = { wifi: 500, wi: 12, fi: 10, 'wi fi': 5 };
    expect(ways('wifi', known)).toEqual([
      ['wifi', 1],
      ['wi fi too', 5 / (9.88 + 9.9)],
    ]);
    expect(ways('wifi', { ...known, 'wi fi': 4 })).toEqual([['wifi', 1]]);
  });

  it('joins the parts of a number that a hyphen, a slash or a space part', () => {
    for (const text of ['978-0-306-40615-7', '978 0 306 40615 7'])
      expect(ways(text, { '9780306406157': 1 }).map(([way]) => way)).toContain('9780306406157 too');
    expect(ways('AB-1234X', { ab: 3, '-ab1234x': 1 }).map(([way]) => way)).toContain('-ab1234x too');
    expect(ways('10 500', { '10500': 1, '10': 5 }).map(([way]) => way)).toContain('10500 too');
    expect(ways('10 20', { '1020': 1, '10': 5, '20': 5 })).toHaveLength(2);
  });

  it('lets the forms of a model number meet', () => {
    // (idf(4) + idf(2)) / idf(1): a number counts as much as its parts
    const known = { dv7: 4, '1211ea': 2, dv71211ea: 1 };
    const weight = (9.96 + 9.98) / 9.99;
    for (const text of ['dv7-1211ea', 'dv7 1211ea', 'DV7-1211EA']) {
      const found = expand(text, known);
      expect(found.map(([term]) => term)).toEqual(['dv7', 'dv71211ea', '1211ea']);
      expect(found[1][1]).toBeCloseTo(weight, 12);
    }
    // no document holds it whole: the cut whose rarer part says the most, dv7 + 1211ea with 2, not dv + 71211ea with 3
    expect(expand('dv71211ea', { dv7: 4, '1211ea': 2, dv: 90, '71211ea': 3 })).toEqual([
      ['dv7', 1, 'split'],
      ['1211ea', 1, 'split'],
    ]);
    expect(expand('t 5', { t: 9, '5': 9, t5: 1 }).map(([term]) => term)).toEqual(['t', 't5', '5']);
    expect(expand('dv71211ea', { dv7: 4 })).toEqual([['dv71211ea', 1, 'typed']]);
    const endless = 'a1'.repeat(17);
    expect(expand(endless, { a: 1, [endless.slice(1)]: 1 })).toEqual([[endless, 1, 'typed']]);
  });

  it('leaves words of scripts without spaces alone', () => {
    const counts = { 東京都: 50, 東: 50, 京: 50, 東京: 50 };
    const japanese = createAnalyzer('ja');
    const terms = expandNow('東京駅', japanese.analyze('東京駅'), japanese, dictionaryOf(counts));
    expect(terms.every(({ origin }) => origin === 'typed' || origin === 'part')).toBe(true);
  });

  it('never loses a known word, and only ever adds known ones, for any text', () => {
    const word = fc.constantFrom(
      'deck',
      'over',
      'deckover',
      'dekc',
      'paint',
      'painnt',
      '9x15',
      'deck9',
      'x',
      '½',
      'the',
      '東京',
      ' ',
      '"',
    );
    const counts = { deck: 40, over: 9, paint: 7, deckov: 3, '9': 1 };
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), words => {
        const text = words.join(' ');
        const found = expandNow(text, analyzer.analyze(text), analyzer, dictionaryOf(counts));
        const typed = found
          .filter(({ origin }) => origin === 'typed')
          .flatMap(({ terms }) => terms.map(({ term }) => term));
        for (const { term } of analyzer.analyze(text)) if (Object.hasOwn(counts, term)) expect(typed).toContain(term);
        for (const { terms, weight, origin } of found) {
          expect(weight).toBeGreaterThan(0);
          if (origin !== 'typed' && origin !== 'stop word' && origin !== 'unit')
            for (const { term } of terms) expect(counts).toHaveProperty([term]);
        }
      }),
    );
  });
});
