import { describe, expect, it } from 'vitest';
import { createTowers } from '../../models/channels.js';
import { withoutChannel } from '../../models/default-features.js';
import { createFeatureExtractor } from '../../models/features.js';
import { smallConfig, vocabulary } from './small-towers.js';

const { towers, textEncoder } = smallConfig({
  document: ['titleWord', 'description', 'country', 'image', 'attribute.price', 'attribute.colour'],
});
const tower = createTowers(towers, textEncoder, vocabulary.imageWidth).document;
const tokenizer = { encode: (text: string) => [1, text.length + 1], specialIds: new Set([1]) };
const extract = createFeatureExtractor(tower, { towers, countries: ['DE'], tokenizer, maxTokens: 4 });
const row = {
  title: 'red cat',
  description: 'small',
  country: 'DE',
  images: [Float32Array.of(1, 2, 3, 4, 5)],
  attributes: { price: 3, colour: 'red' },
};

describe('withoutChannel', () => {
  it.each([
    ['titleWord', { ...row, title: '' }],
    ['description', { ...row, description: undefined }],
    ['country', { ...row, country: undefined }],
    ['image', { ...row, images: undefined }],
    ['attribute.price', { ...row, attributes: { colour: 'red' } }],
    ['attribute.colour', { ...row, attributes: { price: 3 } }],
  ])('makes %s what a row without it has', (name, bare) => {
    expect(withoutChannel(extract(row), tower, name)).toEqual(extract(bare));
    expect(extract(bare)).not.toEqual(extract(row));
  });

  it('leaves an example as it is where the tower has no such channel', () => {
    expect(withoutChannel(extract(row), tower, 'title')).toEqual(extract(row));
  });
});
