import { describe, expect, it } from 'vitest';
import type { Query } from '../../src/query/query.js';
import { shopOf } from './shop.js';

const bag = (text: string, operator?: 'all'): Query => ({ bag: { text, operator } });
const but = (text: string, ...excluded: string[]): Query => ({
  bool: { must: [bag(text)], mustNot: excluded.map(each => bag(each)) },
});
const all = (text: string): Query => bag(text, 'all');

const clothes = shopOf([
  'T-shirt cotton',
  'Dress shirt cotton',
  'T shirt wool',
  'Shirt size T',
  'Wi-Fi router',
  'Hi-fi amplifier',
  'WiFi dongle',
  'HP 1020 printer',
  'HP 2055 printer',
  'Canon 1020 printer',
  'Coca-Cola can',
  'Cola syrup',
  'Coca leaf tea',
  'Wireless mouse',
  'Wireless mouse mat',
  'Wireless mouse red',
]);

describe('an excluded word', () => {
  it.each([
    ['cotton -tshirt', ['Dress shirt cotton']],
    ['cotton -t-shirt', ['Dress shirt cotton']],
    ['shirt -"t shirt"', ['Dress shirt cotton', 'Shirt size T']],
    ['shirt -tshirt', ['Dress shirt cotton', 'Shirt size T']],
    ['shirt NOT t-shirt', ['Dress shirt cotton', 'Shirt size T']],
    ['fi -wi-fi', ['Hi-fi amplifier']],
    ['fi -wifi', ['Hi-fi amplifier']],
    ['printer -hp1020', ['Canon 1020 printer', 'HP 2055 printer']],
    ['printer -hp-1020', ['Canon 1020 printer', 'HP 2055 printer']],
    ['cola -cocacola', ['Cola syrup']],
    ['coca -coca-cola', ['Coca leaf tea']],
    ['printer -(hp1020 canon)', ['HP 2055 printer']],
    // mended, as it would be found
    ['mouse -wirelss', []],
  ])('%s', (text, titles) => expect(clothes.read(text).sort()).toEqual(titles));

  it('is the same in a tree', () => {
    expect(clothes.ask(but('cotton', 'tshirt'))).toEqual(['Dress shirt cotton']);
    expect(clothes.ask(but('printer', 'hp1020')).sort()).toEqual(['Canon 1020 printer', 'HP 2055 printer']);
    expect(clothes.ask({ bool: { must: [bag('cola')], mustNot: [all('cocacola')] } })).toEqual(['Cola syrup']);
  });
});

describe('a required word', () => {
  it.each([
    ['+printer +hp1020', ['HP 1020 printer']],
    ['hp1020 AND printer', ['HP 1020 printer']],
    ['+hp-1020', ['HP 1020 printer']],
    ['+tshirt', ['T shirt wool', 'T-shirt cotton']],
    ['+t-shirt', ['T shirt wool', 'T-shirt cotton']],
    ['t-shirt AND cotton', ['T-shirt cotton']],
    ['(tshirt OR wifi) AND (cotton OR router)', ['T-shirt cotton', 'Wi-Fi router']],
    ['+wi-fi', ['Wi-Fi router', 'WiFi dongle']],
    ['+wifi', ['Wi-Fi router', 'WiFi dongle']],
    ['+cocacola', ['Coca-Cola can']],
    ['+wirelss +mouse', ['Wireless mouse', 'Wireless mouse mat', 'Wireless mouse red']],
    ['+xyzzy printer', []],
  ])('%s', (text, titles) => expect(clothes.read(text).sort()).toEqual(titles));

  it.each([
    ['hp1020 printer', ['HP 1020 printer']],
    ['tshirt cotton', ['T-shirt cotton']],
    ['cotton t-shirt', ['T-shirt cotton']],
    ['wifi router', ['Wi-Fi router']],
    ['wi-fi dongle', ['WiFi dongle']],
    ['wi fi dongle', ['WiFi dongle']],
    ['red wirelss mouse', ['Wireless mouse red']],
    ['xyzzy printer', []],
  ])('all of %s', (text, titles) => expect(clothes.ask(all(text)).sort()).toEqual(titles));
});

describe('a synonym of several words', () => {
  const shop = shopOf(
    [
      'NY cap',
      'New York poster',
      'New garden hose',
      'York ham',
      'Leather shoes brown',
      'Running shoes blue',
      'Sneakers red',
      'Notebook paper',
      'Notebook computer bag',
      'Laptop bag',
      'Computer desk',
      'Sofa bed',
    ],
    {
      synonyms: [
        'ny, new york',
        'sneakers, running shoes',
        'laptop, notebook computer',
        'divan => sofa bed',
        'settee, couch => sofa',
      ],
    },
  );

  it.each([
    ['hose -ny', ['New garden hose']],
    ['ham hose -ny', ['New garden hose', 'York ham']],
    ['ny AND hose', []],
    ['+ny', ['NY cap', 'New York poster']],
    ['+ny +poster', ['New York poster']],
    ['shoes -sneakers', ['Leather shoes brown']],
    ['notebook -laptop', ['Notebook paper']],
    ['laptop AND bag', ['Laptop bag', 'Notebook computer bag']],
    ['bed -divan', []],
    ['+divan', ['Sofa bed']],
    ['+couch', ['Sofa bed']],
    // a rule over several words, asked in one
    ['new york AND cap', ['NY cap']],
    ['"new york" -poster', []],
  ])('is required or excluded whole: %s', (text, titles) => expect(shop.read(text).sort()).toEqual(titles));

  it('is known to a bag of all words', () => {
    expect(shop.ask(all('ny cap'))).toEqual(['NY cap']);
    expect(shop.ask(all('new york cap'))).toEqual(['NY cap']);
    expect(shop.ask(all('ny poster'))).toEqual(['New York poster']);
    expect(shop.ask(all('laptop bag')).sort()).toEqual(['Laptop bag', 'Notebook computer bag']);
    expect(shop.ask(but('hose', 'ny'))).toEqual(['New garden hose']);
  });

  it.each(['ny', 'sneakers', 'laptop'])('stands behind what was typed: %s', word => {
    const [first, second] = shop.find(word);
    expect(first.toLowerCase()).toContain(word);
    expect(second.toLowerCase()).not.toContain(word);
  });

  it('does not take the place of a word in quotation marks', () => {
    expect(shop.read('"laptop"')).toEqual(['Laptop bag']);
    expect(shop.ask({ phrase: { text: 'laptop' } })).toEqual(['Laptop bag']);
  });

  it('adds a phrase .8 of what was typed at most', () => {
    const index = shopOf(['ny ny', 'new york', 'hat', 'new hat', 'york hat', 'ny'], { synonyms: ['ny, new york'] });
    expect(index.find('ny')).toEqual(['ny ny', 'ny', 'new york']);
  });
});

describe('synonyms of what was mended', () => {
  const rules = ['fridge, refrigerator, ice box', 'pram, baby carriage, pushchair', 'ny, new york', 'sofa => couch'];
  const shop = shopOf(
    [
      'Fridge magnet',
      'Ice box magnet',
      'Refrigerator magnet',
      'Box magnet',
      'Pram wheels',
      'Baby carriage wheels',
      'Pushchair wheels',
      'Cart wheels',
      'NY cap',
      'New York cap',
      'New garden cap',
      'Couch cushion',
    ],
    { synonyms: rules },
  );
  const cold = ['Fridge magnet', 'Ice box magnet', 'Refrigerator magnet'];
  const prams = ['Baby carriage wheels', 'Pram wheels', 'Pushchair wheels'];
  const city = ['NY cap', 'New York cap'];
  it.each([
    ['+icebox', cold],
    ['+ice-box +magnet', cold],
    ['icebox AND magnet', cold],
    ['+frigde', cold],
    ['+refridgerator', cold],
    ['magnet -icebox', ['Box magnet']],
    ['magnet -frigde', ['Box magnet']],
    ['+pramm', prams],
    ['+pushchiar +wheels', prams],
    ['+"push chair"', ['Pushchair wheels']],
    ['+babycarriage', prams],
    ['wheels -babycarriage', ['Cart wheels']],
    ['+newyork', city],
    ['cap -newyork', ['New garden cap']],
    ['+sofaa +cushion', []],
  ])('%s', (text, titles) => expect(shop.read(text).sort()).toEqual(titles));

  it('ranks what was typed before them', () => {
    expect(shop.find('icebox')[0]).toBe('Ice box magnet');
    expect(shop.find('frigde')[0]).toBe('Fridge magnet');
    expect(shop.find('babby carriage')[0]).toBe('Baby carriage wheels');
    expect(shop.find('new yrok').slice(0, 2)).toEqual(['New York cap', 'NY cap']);
  });

  it('are those of a rule whose word no document holds, typed as one or as two', () => {
    const other = shopOf(['Fridge magnet', 'Cooler bag', 'box', 'ice tray'], {
      synonyms: ['fridge, ice box', 'cooler, coolbox'],
    });
    expect(other.find('icebox')).toEqual(['Fridge magnet']);
    expect(other.find('cool box')).toContain('Cooler bag');
    expect(other.read('+icebox')).toEqual(['Fridge magnet']);
  });
});
