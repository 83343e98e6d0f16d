import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, openIndex, type SearchIndex } from '../../src/api/index.js';
import { shopOf } from './shop.js';

/** A shop of two languages of each alphabet, and what people type in it. */
const shops: Readonly<
  Record<string, { readonly titles: readonly string[]; readonly typed: readonly (readonly [string, string, string])[] }>
> = {
  en: {
    titles: [
      'Wired mouse',
      'Wire cutter',
      'Wired keyboard',
      'Wireless mouse',
      'Wireless keyboard',
      'Mouse pad',
      'Birthday cake topper',
      'Birthday candles',
      'Birthday case',
      'Phone case',
      'Cake stand',
      'Running shoes',
      'Rune stones',
      'Kitchen faucet',
      'Accommodation guide',
      'Necessary things',
      'Stainless steel knife',
      'Résumé paper',
      'Pendant light',
    ],
    // typed, meant, the title that comes first
    typed: [
      ['wireles mouse', 'wireless mouse', 'Wireless mouse'],
      ['wierless mouse', 'wireless mouse', 'Wireless mouse'],
      ['qireless mouse', 'wireless mouse', 'Wireless mouse'],
      ['ireless mouse', 'wireless mouse', 'Wireless mouse'],
      ['wirelesss mouse', 'wireless mouse', 'Wireless mouse'],
      ['wireless moues', 'wireless mouse', 'Wireless mouse'],
      ['Wireless MOSUE', 'Wireless mouse', 'Wireless mouse'],
      ['wirless keybord', 'wireless keyboard', 'Wireless keyboard'],
      ['birhtday caek', 'birthday cake', 'Birthday cake topper'],
      ['brithday ckae', 'birthday cake', 'Birthday cake topper'],
      ['birtday candels', 'birthday candles', 'Birthday candles'],
      ['ktichen facuet', 'kitchen faucet', 'Kitchen faucet'],
      ['runnign shose', 'running shoes', 'Running shoes'],
      ['acomodation', 'accommodation', 'Accommodation guide'],
      ['neccesary', 'necessary', 'Necessary things'],
      ['stianless knfie', 'stainless knife', 'Stainless steel knife'],
      ['rsume paperr', 'résumé paper', 'Résumé paper'],
      ['pendent ligth', 'pendant light', 'Pendant light'],
    ],
  },
  de: {
    titles: ['Küchenmesser', 'Straßenschuhe rot', 'Schreibtisch weiß', 'Schreibmaschine'],
    typed: [
      ['kuchenmeser', 'küchenmesser', 'Küchenmesser'],
      ['kuechenmeser', 'küchenmesser', 'Küchenmesser'],
      ['strassenschue', 'straßenschuhe', 'Straßenschuhe rot'],
      ['schriebtisch', 'schreibtisch', 'Schreibtisch weiß'],
      ['Schreibmaschiene', 'schreibmaschine', 'Schreibmaschine'],
    ],
  },
  fr: {
    titles: ['Crêpière électrique', "Étagère d'angle", "Chaussures d'été", 'Bibliothèque blanche'],
    typed: [
      ['elctrique', 'électrique', 'Crêpière électrique'],
      ['etagre', 'étagère', "Étagère d'angle"],
      ['étgaère', 'étagère', "Étagère d'angle"],
      ['chausures', 'chaussures', "Chaussures d'été"],
      ['biblotheque blnche', 'bibliothèque blanche', 'Bibliothèque blanche'],
    ],
  },
  ru: {
    titles: ['Красные ботинки', 'Беспроводная мышь', 'Чехол для телефона', 'Ёлочные игрушки'],
    typed: [
      ['красные батинки', 'красные ботинки', 'Красные ботинки'],
      ['ботники', 'ботинки', 'Красные ботинки'],
      ['беспроводнпя мышь', 'беспроводная мышь', 'Беспроводная мышь'],
      ['чехоол', 'чехол', 'Чехол для телефона'],
      ['елочныые игршуки', 'ёлочные игрушки', 'Ёлочные игрушки'],
    ],
  },
  el: {
    titles: ['Ηλεκτρική σκούπα', 'Καφετιέρα φίλτρου', 'Ασύρματο ποντίκι'],
    typed: [
      ['σκουππα', 'σκούπα', 'Ηλεκτρική σκούπα'],
      ['ηλεκτρηκη', 'ηλεκτρική', 'Ηλεκτρική σκούπα'],
      ['καφετερα', 'καφετιέρα', 'Καφετιέρα φίλτρου'],
      ['ασυρμτο', 'ασύρματο', 'Ασύρματο ποντίκι'],
    ],
  },
  he: { titles: ['מחשב נייד', 'עכבר אלחוטי'], typed: [['אלחוטיי', 'אלחוטי', 'עכבר אלחוטי']] },
  ar: { titles: ['كتاب المدرسة', 'لوحة المفاتيح'], typed: [['المفتيح', 'المفاتيح', 'لوحة المفاتيح']] },
  hi: { titles: ['बेतार माउस', 'पुस्तकालय'], typed: [['पुस्तकलय', 'पुस्तकालय', 'पुस्तकालय']] },
};

let folder: string;
const indexes = new Map<string, SearchIndex>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-mistyped-'));
  for (const [language, { titles }] of Object.entries(shops)) {
    const out = join(folder, language);
    await buildIndex({
      documents: titles.map((title, i) => ({ id: String(i), title })),
      out,
      indexing: { language },
    });
    indexes.set(language, await openIndex(out));
  }
});
afterAll(async () => {
  for (const index of indexes.values()) await index.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(language: string, text: string): Promise<{ suggestion?: string; titles: unknown[] }> {
  const index = indexes.get(language);
  if (index === undefined) throw new Error(`no shop in ${language}`);
  const { hits, suggestion } = await index.search({ text, k: 50 });
  return { suggestion, titles: hits.map(({ document }) => document.title) };
}

describe('what was mistyped', () => {
  const cases = Object.entries(shops).flatMap(([language, { typed }]) =>
    typed.map(([text, meant, first]) => [language, text, meant, first] as const),
  );
  it.each(cases)(
    'finds what was meant, and says it as documents write it (%s): %s',
    async (language, text, meant, first) => {
      const { suggestion, titles } = await ask(language, text);
      expect(suggestion).toBe(meant);
      expect(titles[0]).toBe(first);
      // what was meant needs no suggestion, and finds the same
      expect(await ask(language, meant)).toEqual({ suggestion: undefined, titles: expect.arrayContaining(titles) });
    },
  );

  it.each([
    'wireless mouse',
    'wired',
    'wires',
    'resume',
    'résumé',
    'cakes',
    'the mouse',
    'mp3',
    'abc',
    'ca',
    'zyzzyva',
    'runes',
  ])('leaves %s as it is', async text => {
    expect((await ask('en', text)).suggestion).toBeUndefined();
  });
});

describe('a word in quotation marks', () => {
  it.each(['"wireles"', '"wireles mouse"', '"birhtday"'])('is not corrected: %s', async text => {
    const index = indexes.get('en');
    expect((await index?.search({ text, syntax: 'query' }))?.hits).toEqual([]);
  });

  it('is found as it is written', async () => {
    const found = await indexes.get('en')?.search({ text: '+"wireless" +mouse', syntax: 'query' });
    expect(found?.hits.map(({ document }) => document.title)).toEqual(['Wireless mouse']);
  });
});

describe('a word that few documents write', () => {
  it('is asked for beside what is much more likely, in one list', async () => {
    const out = join(folder, 'rare');
    const titles = ['Wireles adapter', ...Array.from({ length: 200 }, (_, i) => `Wireless mouse number ${i}`)];
    await buildIndex({ documents: titles.map((title, i) => ({ id: String(i), title })), out });
    const index = await openIndex(out);
    const { hits, suggestion } = await index.search({ text: 'wireles', k: 10 });
    await index.close();
    expect(suggestion).toBe('wireless');
    expect(hits.map(({ document }) => String(document.title).split(' ').slice(0, 2).join(' '))).toEqual([
      'Wireles adapter',
      ...Array.from({ length: 9 }, () => 'Wireless mouse'),
    ]);
  });

  it('stands alone where nothing is much more likely', async () => {
    const out = join(folder, 'known');
    const titles = ['Basil seeds', 'Basin tap', 'Basin plug', 'Stone basin'];
    await buildIndex({ documents: titles.map((title, i) => ({ id: String(i), title })), out });
    const index = await openIndex(out);
    const { hits, suggestion } = await index.search({ text: 'basil', k: 10 });
    await index.close();
    expect(suggestion).toBeUndefined();
    expect(hits.map(({ document }) => document.title)).toEqual(['Basil seeds']);
  });
});

describe('a word that documents write in another way', () => {
  it('is joined or parted, and not corrected', async () => {
    const out = join(folder, 'joined');
    const titles = [
      'T-shirt',
      'Shirt',
      'Shirts',
      'E-mail server',
      'Mail box',
      'Wi-Fi router',
      'Wife',
      'Notebook',
      'Nose clip',
      'Deck over paint',
    ];
    await buildIndex({ documents: titles.map((title, i) => ({ id: String(i), title })), out });
    const index = await openIndex(out);
    const first = async (text: string): Promise<unknown> =>
      (await index.search({ text, k: 1 })).hits[0]?.document.title;
    expect(await first('tshirt')).toBe('T-shirt');
    expect(await first('email')).toBe('E-mail server');
    expect(await first('wifi')).toBe('Wi-Fi router');
    expect(await first('note book')).toBe('Notebook');
    expect(await first('deckover')).toBe('Deck over paint');
    await index.close();
  });
});

describe('a mistyped word that stands in one document of many', () => {
  const letters = 'bcdfghklmnprstvz';
  // two thousand words of six letters that are far from those below
  const others = Array.from({ length: 2000 }, (_, i) => {
    const digit = (place: number): string => letters[(i >> (4 * place)) & 15];
    return `x${digit(0)}q${digit(1)}j${digit(2)} thing`;
  });
  const shop = shopOf([
    'Tent 2 persons',
    'Kayak blue',
    'Ukulele soprano',
    'Yoga block',
    'Tarot cards',
    'Poncho green',
    'Палатка зелёная',
    'Κιθάρα κλασική',
    'Harp strings',
    'Zebra print',
    ...others,
  ]);
  it.each([
    ['tentt', 'Tent 2 persons'],
    ['tnet', 'Tent 2 persons'],
    ['kayk', 'Kayak blue'],
    ['kayakk', 'Kayak blue'],
    ['ukelele', 'Ukulele soprano'],
    ['yogga', 'Yoga block'],
    ['tarto', 'Tarot cards'],
    ['ponco', 'Poncho green'],
    ['harrp', 'Harp strings'],
    ['zebar', 'Zebra print'],
    ['палатак', 'Палатка зелёная'],
    ['κιθαρρα', 'Κιθάρα κλασική'],
  ])('is found where nothing else is: %s', (text, title) => expect(shop.find(text)).toEqual([title]));

  it('is not what is far from it', () => {
    for (const text of ['tenoro', 'abcdef', 'hat', 'yak']) expect(shop.find(text)).toEqual([]);
  });
});
