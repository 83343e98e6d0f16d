import { describe, expect, it } from 'vitest';
import { countLanguages, segmentLanguages } from '../../src/lexical/language-counts.js';
import type { SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex, type TokenIndex, type TokenIndexOptions } from '../../src/lexical/token-index.js';
import { parseQueryString } from '../../src/query/parse-query.js';
import { searchTokens } from './ask.js';

const options: TokenIndexOptions = {
  bm25: { k1: 0.9, b: 0.4 },
  fieldWeights: { title: 1 },
  language: 'en',
  spelling: true,
  proximity: true,
};

/** Titles by language. */
const shop: readonly (readonly [language: string | undefined, title: string])[] = [
  [undefined, 'Red shoes'],
  ['en', 'Garden hose'],
  ['en', 'Kitchen tables'],
  ['de', 'Rote Schuhe'],
  ['de', 'Kinderzimmer Lampen'],
  ['es', 'Zapatos de niño'],
  ['es', 'Lámparas de mesa'],
  ['fr', 'Chaussures rouges pour enfants'],
  ['fr', 'Tuyaux d’arrosage'],
  ['it', 'Scarpe rosse'],
  ['pt-BR', 'Sapatos vermelhos'],
  ['nl', 'Rode schoenen'],
  ['pl', 'Czerwone buty'],
  ['cs', 'Červené boty'],
  ['tr', 'Kırmızı ayakkabılar'],
  ['sv', 'Röda skor'],
  ['fi', 'Punaiset kengät'],
  ['hu', 'Piros cipők'],
  ['ru', 'Красные туфли'],
  ['uk', 'Червоні черевики'],
  ['sr', 'Црвене ципеле'],
  ['el', 'Κόκκινα παπούτσια'],
  ['hi', 'लाल जूते'],
  ['ar', 'أحذية حمراء'],
  ['fa', 'کفش‌های قرمز'],
  ['id', 'Sepatu merahnya'],
  ['ja', '赤い靴'],
  ['zh', '红色鞋子'],
  ['ko', '빨간 신발'],
  ['th', 'รองเท้าสีแดง'],
];
const indexOf = (rows: typeof shop, more: Partial<TokenIndexOptions> = {}): TokenIndex => {
  const index = createTokenIndex({ ...options, ...more });
  for (const [language, title] of rows) index.add({ id: title, title, ...(language && { language }) });
  return index;
};
const found = (index: TokenIndex, text: string, language?: string): string[] =>
  searchTokens(index, { text, language, k: 100 }).map(({ id }) => id);
const languageOf = (index: TokenIndex, text: string): string => index.prepare({ text }).language();

describe('numbers', () => {
  it('say nothing of the language, and one whose documents hold no word of a query is not it', () => {
    const index = createTokenIndex(options);
    for (let i = 0; i < 60; i++) index.add({ id: `f${i}`, title: `thing number ${i}`, language: 'en' });
    index.add({ id: 'wanted', title: '5,000 pieces puzzle', language: 'en' });
    index.add({ id: 'other', title: '5 pieces puzzle', language: 'en' });
    index.add({ id: 'de', title: 'Rote Schuhe', language: 'de' });
    const prepared = index.prepare({ text: '5,000 piece puzzle' });
    expect(prepared.language()).toBe('en');
    expect(prepared.search({ k: 2 })).toEqual(
      index.prepare({ text: '5,000 piece puzzle', language: 'en' }).search({ k: 2 }),
    );
    expect(index.prepare({ text: '5,000 schuhe' }).language()).toBe('de');
  });
});

describe('a query that names no language', () => {
  const index = indexOf(shop);
  const neutral = indexOf(shop, { language: 'und' });

  it.each(shop)('finds first what is called so: %s %s', (_, title) => {
    for (const each of [index, neutral])
      for (const text of [title, title.toLowerCase(), title.toUpperCase()])
        expect(found(each, text)[0], text).toBe(title);
  });

  // forms that stand in no title
  it.each([
    ['Schuh', 'Rote Schuhe'],
    ['rotes', 'Rote Schuhe'],
    ['zapato', 'Zapatos de niño'],
    ['lampara mesa', 'Lámparas de mesa'],
    ['niños', 'Zapatos de niño'],
    ['chaussure enfant', 'Chaussures rouges pour enfants'],
    ['sapato vermelho', 'Sapatos vermelhos'],
    ['schoen', 'Rode schoenen'],
    ['butami', 'Czerwone buty'],
    ['bot', 'Červené boty'],
    ['ayakkabı', 'Kırmızı ayakkabılar'],
    ['röd', 'Röda skor'],
    ['kengät punaisten', 'Punaiset kengät'],
    ['cipő', 'Piros cipők'],
    ['туфлями', 'Красные туфли'],
    ['ципела', 'Црвене ципеле'],
    ['cipela', 'Црвене ципеле'],
    ['παπούτσι', 'Κόκκινα παπούτσια'],
    ['जूतों', 'लाल जूते'],
    ['kitchen table', 'Kitchen tables'],
    ['sepatu merah', 'Sepatu merahnya'],
  ])('finds other forms of a word as in the language that it is of: %s', (text, title) => {
    for (const each of [index, neutral]) expect(found(each, text)[0]).toBe(title);
  });

  it.each(['"Rote Schuhe"', '+schuh', 'schuh -kinder', 'schuh title:rote', 'rotes AND schuh', 'rote schu*'])(
    'is guessed for every leaf of a tree: %s',
    text => {
      const { query } = parseQueryString(text, { fields: ['title'], attributes: () => false });
      const prepared = index.prepare({ query });
      expect(prepared.language()).toBe('de');
      expect(prepared.search({ k: 5 })[0].id).toBe('Rote Schuhe');
    },
  );

  it('is in the language of the index where nothing speaks for another one', () => {
    for (const text of ['', '!?', 'qwertz', '12', '🍕']) expect(languageOf(index, text)).toBe('en');
    expect(languageOf(neutral, 'qwertz')).toBe('und');
    // equally likely in both
    const even = indexOf([
      ['de', 'Radio'],
      ['en', 'radio'],
    ]);
    expect(languageOf(even, 'radio')).toBe('en');
    expect(found(even, 'radio').sort()).toEqual(['Radio', 'radio']);
  });

  it('is what most of its words speak for', () => {
    expect(languageOf(index, 'garden schuhe hose')).toBe('en');
    expect(languageOf(index, 'rote garden schuhe')).toBe('de');
    expect(found(index, 'rote garden schuhe')).toContain('Garden hose');
  });

  it('is the language of more documents where one word is of two', () => {
    const gifts = indexOf([
      ['en', 'Gift card'],
      ['en', 'Gift wrap'],
      ['de', 'Gift gegen Ratten'],
    ]);
    expect(languageOf(gifts, 'gift')).toBe('en');
    expect(languageOf(gifts, 'gift ratte')).toBe('de');
  });

  it('is the one that a query names, whatever the words', () => {
    expect(index.prepare({ text: 'Rote Schuhe', language: 'fr' }).language()).toBe('fr');
    expect(index.prepare({ text: 'Rote Schuhe', language: 'xx' }).language()).toBe('und');
  });

  it('is that of the index where documents have no other, and where the index keeps the first analysis', () => {
    const one = indexOf([
      ['de', 'Rote Schuhe'],
      ['de-CH', 'Blaue Schuhe'],
    ]);
    expect(languageOf(one, 'Rote Schuhe')).toBe('de'); // no document is in English
    const own = indexOf([
      [undefined, 'Rote Schuhe'],
      ['en-GB', 'Blaue Schuhe'],
    ]);
    expect(languageOf(own, 'Schuhe')).toBe('en');
    expect(languageOf(indexOf(shop, { analysis: 1 }), 'Rote Schuhe')).toBe('en');
  });

  it('stays what it was when segments are cut and merged, and follows what is written', async () => {
    const cut = indexOf([]);
    for (const [language, title] of shop) {
      cut.add({ id: title, title, ...(language && { language }) });
      cut.flush();
    }
    const texts = shop.map(([, title]) => title);
    const before = texts.map(text => languageOf(index, text));
    expect(texts.map(text => languageOf(cut, text))).toEqual(before);
    await cut.compact();
    expect(texts.map(text => languageOf(cut, text))).toEqual(before);
    const prepared = cut.prepare({ text: 'schuh' });
    expect(prepared.language()).toBe('de');
    cut.remove('Rote Schuhe');
    expect(prepared.language()).toBe('en');
    cut.add({ id: 'nl', title: 'Schuh', language: 'nl' });
    expect(prepared.language()).toBe('nl');
  });
});

describe('counting documents of a word by language', () => {
  const rows = 6000;
  const index = createTokenIndex(options);
  // every third one is German
  for (let i = 0; i < rows; i++)
    index.add({ id: `${i}`, title: i < 900 ? 'lamp rare' : 'lamp', language: i % 3 === 0 ? 'de' : 'en' });
  index.flush();

  /** The segments of the index, counting the postings that are walked through. */
  function watched(): { readonly segments: SegmentReader[]; readonly steps: () => number } {
    let steps = 0;
    const segments = index.segments().map(
      segment =>
        new Proxy(segment, {
          get: (target, name) => {
            if (name !== 'postings') {
              const value: unknown = Reflect.get(target, name, target);
              return typeof value === 'function' ? value.bind(target) : value;
            }
            return (term: string) => {
              const postings = target.postings(term);
              if (postings === undefined) return undefined;
              const stepped = <T>(step: T): T => {
                steps++;
                return step;
              };
              return {
                next: () => stepped(postings.next()),
                advance: (doc: number) => stepped(postings.advance(doc)),
              };
            };
          },
        }),
    );
    return { segments, steps: () => steps };
  }

  it('is exact for a rare word, and an estimate for one that is everywhere', () => {
    const { segments, steps } = watched();
    const counts = countLanguages(
      segments.map(segment => segmentLanguages(segment, 'en')),
      new Set(['lamp', 'rare', 'unknown']),
    );
    expect(counts.get('rare')).toEqual(
      new Map([
        ['de', 300],
        ['en', 600],
      ]),
    );
    expect((counts.get('lamp')?.get('de') ?? 0) / rows).toBeCloseTo(1 / 3, 1);
    expect(counts.has('unknown')).toBe(false);
    // 900 and at most 1,024, and one more at the end of each segment
    expect(steps()).toBeLessThanOrEqual(900 + 1024 + 2 * segments.length);
  });

  it('leaves out the most frequent words of a long query', () => {
    const many = createTokenIndex(options);
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`);
    for (let i = 0; i < 1100; i++)
      many.add({ id: `${i}`, title: words.join(' '), language: i % 2 === 0 ? 'de' : 'en' });
    const counts = countLanguages(
      many.segments().map(segment => segmentLanguages(segment, 'en')),
      new Set(words),
    );
    expect(counts.size).toBe(16);
  });

  it('knows how many living documents each language has', () => {
    const changed = createTokenIndex(options);
    for (let i = 0; i < 100; i++) changed.add({ id: `${i}`, title: 'lamp', language: ['de', 'en', 'de-AT'][i % 3] });
    changed.flush();
    const [segment] = changed.segments();
    const { sizes } = segmentLanguages(segment, 'en');
    expect(sizes()).toEqual(
      new Map([
        ['de', 67],
        ['en', 33],
      ]),
    );
    for (const id of ['0', '2', '4']) changed.remove(id);
    expect(sizes()).toEqual(
      new Map([
        ['de', 65],
        ['en', 32],
      ]),
    );
  });
});

describe('a stop word', () => {
  it('is as common as it is in its language, and counts no more than in an index of that language alone', () => {
    const german = ['Lampe mit Schirm', 'Tisch mit Lampe', 'Kind mit Hut', 'Hut mit Rand', 'Schirm und Hut', 'Stuhl'];
    const weight = (index: TokenIndex): number => {
      const [stop] = index
        .prepare({ text: 'Stuhl mit', language: 'de' })
        .asked()
        .filter(({ origin }) => origin === 'stop word');
      return stop.weight * index.prepare({ text: 'mit', language: 'de' }).idf('mit');
    };
    const alone = indexOf(german.map(title => ['de', title]));
    const among = indexOf([
      ...german.map(title => ['de', title] as const),
      ...shop.filter(([language]) => language !== 'de'),
    ]);
    // the idf of a word of 4 of 6 documents, and nearly that of 20 of 34
    expect(weight(alone)).toBeCloseTo(Math.log(1 + 2.5 / 4.5), 10);
    const documents = among.size;
    expect(weight(among)).toBeCloseTo(
      Math.log(1 + (documents - (4 * documents) / 6 + 0.5) / ((4 * documents) / 6 + 0.5)),
      10,
    );
  });
});

describe('a query whose words stand in no document as they are typed', () => {
  const index = indexOf([
    ['en', 'Garden hose'],
    ['pt', 'Fogão a gás'],
    ['fr', 'Vitrail bleu'],
    ['ru', 'Подушка белая'],
    ['pl', 'Łyżka drewniana'],
    ['he', 'כלב צעצוע'],
    ['fi', 'Kenkä musta'],
    ['sv', 'Nyckel silver'],
    ['uk', 'Стіл дубовий'],
    ['cs', 'Dům dřevěný'],
    ['hu', 'Pohár üveg'],
  ]);
  it.each([
    ['fogões', 'Fogão a gás', 'pt'],
    ['vitraux', 'Vitrail bleu', 'fr'],
    ['подушек', 'Подушка белая', 'ru'],
    ['łyżek', 'Łyżka drewniana', 'pl'],
    ['כלבים', 'כלב צעצוע', 'he'],
    ['kengät', 'Kenkä musta', 'fi'],
    ['nycklar', 'Nyckel silver', 'sv'],
    ['столи', 'Стіл дубовий', 'uk'],
    ['domy', 'Dům dřevěný', 'cs'],
    ['poharak', 'Pohár üveg', 'hu'],
  ])('is in the language of their other forms: %s', (text, title, language) => {
    expect(found(index, text)[0]).toBe(title);
    expect(languageOf(index, text)).toBe(language);
  });
});
