import { describe, expect, it } from 'vitest';
import { shopOf } from './shop.js';

/** Names of several words and numbers: each way to write one finds all titles that hold it, before those that hold a part of it. */
const names: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'iPhone',
    ['iPhone 14 Pro', 'iPhone14Pro', 'iphone14 pro', 'iphone 14pro', 'IPHONE-14-PRO'],
    ['iPhone 13', 'Pro 14'],
  ],
  ['Pixel', ['Pixel 7a', 'pixel7a', 'Pixel7A'], ['Pixel 6', 'Nexus 7']],
  [
    'Galaxy',
    ['Galaxy S23 Ultra', 'galaxys23ultra', 'GalaxyS23 Ultra', 'galaxy s23ultra'],
    ['Galaxy S22', 'Ultra light'],
  ],
  ['MacBook', ['MacBook Pro 14', 'MacBookPro 14', 'macbook pro14', 'MacbookPro14'], ['MacBook Air', 'Pro 16']],
  ['Redmi', ['Redmi Note 12 Pro', 'redminote12pro', 'Redmi Note12Pro'], ['Redmi 9', 'Note pad']],
  ['Surface', ['Surface Laptop 5', 'surfacelaptop5', 'SurfaceLaptop 5'], ['Surface Pro', 'Laptop 15']],
  ['GeForce', ['GeForce RTX 3060', 'geforcertx3060', 'GeForce RTX3060'], ['GeForce GTX', 'Radeon 3060']],
  ['Xbox', ['Xbox Elite Pad', 'xboxelitepad'], ['Xbox One', 'Elite A']],
  ['Hero', ['GoPro Hero 11', 'goprohero11', 'GoPro Hero11'], ['GoPro Max', 'Hero 5']],
  ['Айфон', ['Айфон 13 Про', 'айфон13про', 'Айфон13 Про'], ['Айфон 12', 'Про 13']],
];

describe('a name of several words and numbers', () => {
  for (const [name, ways, others] of names) {
    const titles = [...ways.map((way, i) => `${way} thing ${'abcdefgh'[i]}`), ...others];
    const shop = shopOf(titles, { language: name === 'Айфон' ? 'ru' : 'en' });
    it.each(ways)(`${name}: %s`, way => {
      expect(shop.find(way).slice(0, ways.length).sort()).toEqual(titles.slice(0, ways.length).sort());
    });
  }

  it('ranks the one that is written as it is typed first', () => {
    const shop = shopOf(['iPhone14Pro cover', 'iPhone 14 Pro case', 'iPhone 14']);
    expect(shop.find('iphone 14 pro')[0]).toBe('iPhone 14 Pro case');
    expect(shop.find('iphone14pro')[0]).toBe('iPhone14Pro cover');
  });
});

describe('a word with a number behind it', () => {
  const titles = [
    '#summer2024 shirt',
    'covid19 test',
    'windows11 key',
    'iphone14pro cover',
    'season2019',
    'HD1200 drill',
  ];
  const shop = shopOf(titles);
  it.each([
    ['#summer', '#summer2024 shirt'],
    ['summer', '#summer2024 shirt'],
    ['2024', '#summer2024 shirt'],
    ['Summer 2024', '#summer2024 shirt'],
    ['covid', 'covid19 test'],
    ['covid-19', 'covid19 test'],
    ['windows', 'windows11 key'],
    ['windows 11', 'windows11 key'],
    ['iphone', 'iphone14pro cover'],
    ['pro', 'iphone14pro cover'],
    ['seasons', 'season2019'],
  ])('is found by %s', (text, title) => expect(shop.find(text)).toEqual([title]));

  it('stays whole where it is a model', () => {
    expect(shop.find('hd')).toEqual([]);
    expect(shop.find('1200')).toEqual([]);
  });
});

describe('a word that others begin with', () => {
  const shop = shopOf([
    'MacBookPro sleeve',
    'Air and pro filters',
    'SamsungGalaxy A5',
    'carpet cleaner',
    'Gartenschlauch 20 m',
    'petrol can',
    'waterproofjacket',
    'proof of jackets',
  ]);
  it.each([
    ['macbook', ['MacBookPro sleeve']],
    ['samsung', ['SamsungGalaxy A5']],
    ['garten', ['Gartenschlauch 20 m']],
    ['-macbook sleeve', ['MacBookPro sleeve']],
  ])('finds them where nothing else holds it: %s', (text, titles) => expect(shop.find(text)).toEqual(titles));

  it('finds none that only begin with the same letters', () => {
    expect(shopOf(['car wash', 'carpet cleaner', 'carton', 'pet food']).find('car')).toEqual(['car wash']);
    expect(shopOf(['plan of a house', 'planet earth']).find('plan')).toEqual(['plan of a house']);
  });
});
