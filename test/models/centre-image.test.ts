import { describe, expect, it } from 'vitest';
import { createCentring, meanImage } from '../../models/centre-image.js';
import { createTowers } from '../../models/channels.js';
import { createFeatureExtractor } from '../../models/features.js';
import { smallConfig } from './small-towers.js';

describe('meanImage', () => {
  it('is the mean of the directions, however long the vectors are', () => {
    // (3, 4) / 5 = (.6, .8); (0, 2) / 2 = (0, 1): mean (.3, .9)
    const [x, y] = meanImage([Float32Array.of(3, 4), Float32Array.of(0, 2)]);
    expect([x, y]).toEqual([expect.closeTo(0.3, 7), expect.closeTo(0.9, 7)]);
  });

  it('takes a vector of zeros for no direction', () => {
    expect(meanImage([Float32Array.of(0, 0), Float32Array.of(0, 5)])).toEqual([0, 0.5]);
  });
});

describe('createCentring', () => {
  it('leaves what an image has beside the mean', () => {
    const centre = createCentring([0.3, 0.9]);
    const vector = Float32Array.of(3, 4);
    const centred = centre(vector);
    expect([...centred]).toEqual([expect.closeTo(0.3, 6), expect.closeTo(-0.1, 6)]);
    expect(centre(vector)).toBe(centred);
    expect([...vector]).toEqual([3, 4]);
  });

  it('leaves nothing of an image that is the mean, but for rounding', () => {
    expect([...createCentring(meanImage([Float32Array.of(1, 2, 3)]))(Float32Array.of(2, 4, 6))]).toEqual([0, 0, 0]);
  });

  it('changes nothing without a mean', () => {
    const vector = Float32Array.of(1, 2);
    expect(createCentring(undefined)(vector)).toBe(vector);
  });
});

it('is taken out of the images that a tower reads', () => {
  const { towers, textEncoder } = smallConfig({ document: ['image'] });
  const tower = createTowers(towers, textEncoder, 2).document;
  const extract = createFeatureExtractor(tower, { towers, countries: [], maxTokens: 4, imageMean: [0.3, 0.9] });
  const [images] = extract({ images: [Float32Array.of(3, 4)] });
  expect(Array.from(images[0] as Float32Array)).toEqual([expect.closeTo(0.3, 6), expect.closeTo(-0.1, 6)]);
});
