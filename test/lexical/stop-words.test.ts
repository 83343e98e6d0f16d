import { describe, expect, it } from 'vitest';
import { createTokenIndex, type TokenIndex, type TokenIndexOptions } from '../../src/lexical/token-index.js';
import { parseQueryString } from '../../src/query/parse-query.js';
import { explainTokens, searchTokens } from './ask.js';

const options: TokenIndexOptions = {
  bm25: { k1: 0.9, b: 0.4 },
  fieldWeights: { title: 1 },
  language: 'en',
  spelling: true,
  proximity: true,
};
const indexOf = (titles: readonly string[], more: Partial<TokenIndexOptions> = {}): TokenIndex => {
  const index = createTokenIndex({ ...options, ...more });
  for (const title of titles) index.add({ id: title, title });
  return index;
};
const found = (index: TokenIndex, text: string): string[] => searchTokens(index, { text, k: 100 }).map(({ id }) => id);
const asked = (index: TokenIndex, text: string): string[] => {
  const { query } = parseQueryString(text, { fields: ['title'], attributes: () => false });
  return searchTokens(index, { query, k: 100 })
    .map(({ id }) => id)
    .sort();
};

const titles = [
  'To be or not to be',
  'To be or not to be, that is the question',
  'IT',
  'It is a garden hose',
  'The The',
  'The Who',
  'Who is afraid of the dark',
  'On and On',
  'Hepatitis A vaccine',
  'Hepatitis B vaccine',
  'Vitamin B with A',
  'Not guilty verdict',
  'Guilty plea explained',
  'Turn on lights',
  'Turn off lights',
  'Lights turn on',
  'No country for old men',
  'Country of old men',
  'Garden hose',
  'Garden bench',
];

describe('a query of stop words alone', () => {
  const index = indexOf(titles);

  it.each(['To be or not to be', 'IT', 'The The', 'On and On', 'to be', 'The Who'])(
    'finds first what is called so: %s',
    text => {
      const [first] = found(index, text);
      expect(first.toLowerCase().startsWith(text.toLowerCase())).toBe(true);
      expect(found(index, text.toLowerCase())[0]).toBe(first);
    },
  );

  it.each([
    ['de', 'Die Der Das', 'der die das'],
    ['fr', 'Il est où', 'il est ou'],
    ['es', 'La', 'LA'],
    ['ru', 'Что и как', 'что и как'],
    ['ja', 'の', 'の'],
    ['zh', '是', '是'],
    ['ar', 'من', 'من'],
    ['hi', 'वह', 'वह'],
    ['tr', 'Bu o', 'bu o'],
    ['el', 'Δεν είναι', 'ΔΕΝ ΕΙΝΑΙ'],
  ])('does so in %s', (language, title, text) => {
    expect(found(indexOf([title, 'xyzzy'], { language }), text)).toEqual([title]);
  });

  it('is found in a field, and in every segment', () => {
    expect(asked(index, 'title:it')).toEqual(['IT', 'It is a garden hose']);
    const cut = indexOf(titles);
    cut.flush();
    cut.add({ id: 'The', title: 'The' });
    expect(found(cut, 'the').slice(0, 2)).toEqual(['The The', 'The']);
    expect(new Set(found(cut, 'it'))).toEqual(new Set(['IT', 'It is a garden hose']));
  });
});

describe('a phrase', () => {
  const index = indexOf(titles);

  it.each([
    ['"hepatitis a"', ['Hepatitis A vaccine']],
    ['"not guilty"', ['Not guilty verdict']],
    ['"turn on lights"', ['Turn on lights']],
    ['"turn on"', ['Lights turn on', 'Turn on lights']],
    ['"for old men"', ['No country for old men']],
    ['"the who"', ['The Who']],
    ['"b with a"', ['Vitamin B with A']],
    ['"to be or not to be"', ['To be or not to be', 'To be or not to be, that is the question']],
    ['"is the question"', ['To be or not to be, that is the question']],
    ['"who the"', []],
    ['"the"', ['The The', 'The Who', 'To be or not to be, that is the question', 'Who is afraid of the dark']],
    ['title:"not guilty"', ['Not guilty verdict']],
    ['guilty -"not guilty"', ['Guilty plea explained']],
    ['hepatitis -"hepatitis a"', ['Hepatitis B vaccine']],
  ])('means all its words: %s', (text, wanted) => expect(asked(index, text)).toEqual(wanted));

  it('lets stop words move as others do', () => {
    expect(asked(index, '"turn lights"~1')).toEqual(['Turn off lights', 'Turn on lights']);
    expect(asked(index, '"guilty not"~2')).toEqual(['Not guilty verdict']);
  });
});

describe('a stop word beside other words', () => {
  const index = indexOf(titles);

  it('finds nothing by itself', () => {
    expect(found(index, 'a bench for the garden').sort()).toEqual([
      'Garden bench',
      'Garden hose',
      'It is a garden hose',
    ]);
    expect(index.prepare({ text: 'the bench' }).count([]).total).toBe(1);
    expect(found(index, 'the xyzzy')).toEqual([]);
    expect(asked(index, '+garden the')).toHaveLength(3);
    expect(asked(index, '+(for garden)')).toHaveLength(3);
  });

  it('need not be there where all words are asked for', () => {
    const all = (text: string): string[] =>
      searchTokens(index, { query: { bag: { text, operator: 'all' } }, k: 100 })
        .map(({ id }) => id)
        .sort();
    expect(all('hose for the garden')).toEqual(['Garden hose', 'It is a garden hose']);
    expect(all('not to be')).toEqual(['To be or not to be', 'To be or not to be, that is the question']);
  });

  it('orders what the others find', () => {
    expect(found(index, 'not guilty')).toEqual(['Not guilty verdict', 'Guilty plea explained']);
    expect(found(index, 'hepatitis a')).toEqual(['Hepatitis A vaccine', 'Hepatitis B vaccine']);
    expect(found(index, 'turn on lights').at(-1)).toBe('Turn off lights');
    expect(found(index, 'the who')[0]).toBe('The Who');
  });

  it('counts no more, all together, than the lightest of the others', () => {
    // in so few documents every word is rare
    const few = indexOf(['garden hose', 'hose for the kids', 'red lamp', 'blue lamp'], { proximity: false });
    const { asked: askedFor } = few.prepare({ text: 'hose for the garden' });
    const weights = new Map(askedFor().map(({ from, weight }) => [from, weight]));
    // N = 4: hose df 2, idf = ln 2; for and the df 1, idf = ln(1 + 3.5 / 1.5) = ln(10 / 3)
    const share = Math.log(2) / (2 * Math.log(10 / 3));
    expect(weights.get('for')).toBeCloseTo(share, 12);
    expect(weights.get('the')).toBeCloseTo(share, 12);
    expect(weights.get('hose')).toBe(1);
    expect(found(few, 'hose for the garden')).toEqual(['garden hose', 'hose for the kids']);
    const told = explainTokens(few, { text: 'hose for the garden' }, 'hose for the kids');
    expect(told?.details.map(({ description }) => description.split(',')[0])).toEqual([
      'term "hose"',
      'term "for" (stop word from "for")',
      'term "the" (stop word from "the")',
    ]);
  });

  it('is no part of the coverage of a query', () => {
    expect(index.prepare({ text: 'the bench' }).coverage()).toBe(1);
    expect(index.prepare({ text: 'xyzzy bench' }).coverage()).toBe(
      index.prepare({ text: 'the xyzzy for a bench' }).coverage(),
    );
  });

  it('is part of the synonyms that it stands in', () => {
    const music = indexOf([
      'The Who live',
      'The garden',
      'Best of 70s rock',
      'LOTR box',
      'Lord of the rings',
      'Lord Ring',
    ]);
    music.chains.setSynonyms(['the who, british invasion', 'lotr, lord of the rings', 'moquette => the carpet']);
    expect(found(music, 'british invasion')).toEqual(['The Who live']);
    expect(found(music, 'lotr').sort()).toEqual(['LOTR box', 'Lord of the rings']);
    expect(found(music, 'the moquette')).toEqual([]);
    expect(asked(music, '+lotr')).toEqual(['LOTR box', 'Lord of the rings']);
  });
});

describe('an index from before stop words were kept', () => {
  it('is asked, and written to, as it was made', async () => {
    const old = indexOf(['Turn on lights', 'The Who'], { analysis: 1 });
    expect(asked(old, '"turn for lights"')).toEqual(['Turn on lights']);
    expect(found(old, 'the')).toEqual([]);
    old.add({ id: 'The The', title: 'The The' });
    expect(found(old, 'the')).toEqual([]);
    expect(old.chains.analysis).toBe(1);
  });
});
