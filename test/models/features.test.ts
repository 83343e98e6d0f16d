import { x86 } from 'murmurhash3js-revisited';
import { describe, expect, it } from 'vitest';
import { createTowers } from '../../models/channels.js';
import {
  createFeatureExtractor,
  type Features,
  isReadable,
  type TokenEncoder,
  wordTrigrams,
} from '../../models/features.js';
import { createTermFinder } from '../../src/text/term-finder.js';
import { smallConfig } from './small-towers.js';

const hash = (text: string, seed: number): number => x86.hash32(new TextEncoder().encode(text), seed);
/** Seeds and buckets as a model artefact has them: another seed would be another model. */
const trigramOf = (gram: string): number => hash(gram, 0x7472) % 64;
const wordOf = (word: string): number => hash(word, 0x776f) % 64;

const config = smallConfig({
  query: ['trigram', 'word', 'text', 'country'],
  document: ['titleWord', 'descriptionTrigram', 'title', 'description', 'country'],
});
const towers = createTowers(config.towers, config.textEncoder);
/** One id for each letter, after a start token of 1. */
const tokenizer: TokenEncoder = {
  encode: (text, maxTokens) => [1, ...[...text].map(letter => letter.charCodeAt(0) % 50)].slice(0, maxTokens),
  specialIds: new Set([1]),
};
const options = { towers: config.towers, countries: ['DE', 'FR'], tokenizer, maxTokens: 4 };
const query = createFeatureExtractor(towers.query, options);
const document = createFeatureExtractor(towers.document, options);
const lists = (features: Features): number[][] => features.map(ids => Array.from(ids as Int32Array));

describe('wordTrigrams', () => {
  it.each([
    ['cat', ['#ca', 'cat', 'at#']],
    ['at', ['#at', 'at#']],
    ['a', ['#a#']],
    ['', []],
    ['\u{1F600}b', ['#\u{1F600}b', '\u{1F600}b#']],
    ['猫', ['#猫#']],
  ])('of %j', (word, wanted) => {
    expect(wordTrigrams(word)).toEqual(wanted);
  });
});

describe('the features of a query', () => {
  it('are hashed trigrams and words, the tokens and the row of the country', () => {
    expect(lists(query({ text: 'Red cat', country: 'FR' }))).toEqual([
      ['#re', 'red', 'ed#', '#ca', 'cat', 'at#'].map(trigramOf),
      ['red', 'cat'].map(wordOf),
      [1, 'R'.charCodeAt(0) % 50, 'e'.charCodeAt(0) % 50, 'd'.charCodeAt(0) % 50],
      [2],
    ]);
  });

  it('count a repeated word again', () => {
    expect(lists(query({ text: 'cat cat' }))[1]).toEqual([wordOf('cat'), wordOf('cat')]);
  });

  it.each(['US', 'de', '', undefined])('take row 0 for the unknown country %j', country => {
    expect(lists(query({ text: 'cat', country }))[3]).toEqual([0]);
  });

  it('have single Chinese signs beside the word, and of a mixed word only these', () => {
    const words = createTermFinder('en')('電子書');
    const signs = words.flatMap(word => (word.length > 1 ? [word, ...word] : [word]));
    expect(lists(query({ text: '電子書' }))[1]).toEqual(signs.map(wordOf));
    expect(signs.length).toBeGreaterThan(1);
    expect(lists(query({ text: '猫' }))[1]).toEqual([wordOf('猫')]);
  });

  it('of an empty text are none', () => {
    for (const text of ['', '   ', '!?']) expect(lists(query({ text })).slice(0, 2)).toEqual([[], []]);
    expect(lists(query({ text: '' }))[2]).toEqual([]);
  });

  it('leave the tokens out where there is no tokenizer', () => {
    const bare = createFeatureExtractor(towers.query, { ...options, tokenizer: undefined });
    expect(lists(bare({ text: 'cat' }))[2]).toEqual([]);
  });
});

describe('the features of a document', () => {
  it('come from the field that a channel names', () => {
    const row = { title: 'Red cat', description: 'at', country: 'DE' };
    expect(lists(document(row))).toEqual([
      ['red', 'cat'].map(wordOf),
      ['#at', 'at#'].map(trigramOf),
      [1, 'R'.charCodeAt(0) % 50, 'e'.charCodeAt(0) % 50, 'd'.charCodeAt(0) % 50],
      [1, 'a'.charCodeAt(0) % 50, 't'.charCodeAt(0) % 50],
      [1],
    ]);
  });

  it('of a description that is absent are none', () => {
    const [, trigrams, , tokens] = lists(document({ title: 'Red cat' }));
    expect([trigrams, tokens]).toEqual([[], []]);
  });

  it('share their words with those of a query', () => {
    expect(lists(document({ title: 'red cat' }))[0]).toEqual(lists(query({ text: 'Red Cat' }))[1]);
  });
});

describe('a text that says nothing', () => {
  /** 1 = start, 2 = unknown, 3 = a word mark, which white space has too; letters are known. */
  const marking: TokenEncoder = {
    specialIds: new Set([0, 1, 2]),
    encode: (text, maxTokens) =>
      [
        1,
        3,
        ...[...text].flatMap(sign => (/\s/.test(sign) ? [] : [/[a-z:!]/.test(sign) ? sign.charCodeAt(0) : 2])),
      ].slice(0, maxTokens),
  };
  const tokensOf = (text: string, queryPrefix = '', maxTokens = 40): number[] => {
    const { towers: prefixed } = smallConfig({ query: ['text'] });
    const { query: tower } = createTowers(prefixed, { ...config.textEncoder, queryPrefix });
    const extract = createFeatureExtractor(tower, { ...options, tokenizer: marking, maxTokens });
    return lists(extract({ text }))[0];
  };
  const empty = ['', '   ', '\u200b', '!!!', '?! ...', '猫', '猫 猫 猫 猫 猫'];

  it.each(empty)('has no tokens: %j', text => {
    for (const prefix of ['', 'query: ']) {
      expect(tokensOf(text, prefix)).toEqual([]);
      expect(tokensOf(text, prefix, 4)).toEqual([]);
    }
  });

  it.each(['a', 'a!', '猫a', 'c++'])('is not one with a letter that the vocabulary knows: %j', text => {
    expect(tokensOf(text)).toEqual(Array.from(marking.encode(text, 40)));
    expect(tokensOf(text, 'query: ')).toEqual(Array.from(marking.encode(`query: ${text}`, 40)));
  });

  it.each(empty)('is nothing to embed, whatever the country: %j', text => {
    const extract = createFeatureExtractor(towers.query, { ...options, tokenizer: marking });
    const unknown = /猫/.test(text); // a word for the trigrams and words, which know no vocabulary
    expect(isReadable(towers.query, extract({ text, country: 'DE' }))).toBe(unknown);
    expect(isReadable(towers.query, extract({ text: `${text} a`, country: 'DE' }))).toBe(true);
  });

  it('leaves what else a row has', () => {
    const { towers: pictured, textEncoder } = smallConfig({
      document: ['title', 'country', 'image', 'attribute.price'],
    });
    const tower = createTowers(pictured, textEncoder, 1).document;
    const extract = createFeatureExtractor(tower, { ...options, tokenizer: marking, towers: pictured });
    const bare = { title: '!!!', country: 'DE' };
    expect(isReadable(tower, extract(bare))).toBe(false);
    expect(isReadable(tower, extract({ ...bare, images: [Float32Array.of(1)] }))).toBe(true);
    expect(isReadable(tower, extract({ ...bare, attributes: { price: 3 } }))).toBe(true);
  });
});

describe('the features of images and attributes', () => {
  const pictured = smallConfig({ document: ['image', 'attribute.price', 'attribute.colour'] });
  const tower = createTowers(pictured.towers, pictured.textEncoder, 1).document;
  const extract = createFeatureExtractor(tower, {
    towers: pictured.towers,
    countries: [],
    attributes: { price: { kind: 'numbers', edges: [[10], [5, 10]] } },
    maxTokens: 4,
  });
  const attributeOf = (feature: string): number => hash(feature, 0x6174) % 64;

  it('are the first vectors, and ids by what is known of each field', () => {
    const images = [1, 2, 3, 4].map(x => Float32Array.of(x));
    const features = extract({ images, attributes: { price: 7, colour: ['Red', 'blue'] } });
    expect(features).toEqual([
      // towers.image.limit is 3
      images.slice(0, 3),
      Int32Array.of(attributeOf('price=0:0'), attributeOf('price=1:1')),
      Int32Array.of(attributeOf('colour=red'), attributeOf('colour=blue')),
    ]);
  });

  it('are none where the row has none', () => {
    expect(extract({})).toEqual([[], new Int32Array(0), new Int32Array(0)]);
  });
});
