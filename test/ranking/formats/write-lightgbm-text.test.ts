import { describe, expect, it } from 'vitest';
import { readLightGbmText } from '../../../src/ranking/formats/read-lightgbm-text.js';
import { writeLightGbmText } from '../../../src/ranking/formats/write-lightgbm-text.js';
import type { TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';
import { randomEnsemble } from '../trees/random-ensemble.js';

const numbersAlone = randomEnsemble(7, { features: 3, trees: 2, leaves: 6, numbersAlone: true });

const named = (names: readonly string[]): TreeEnsemble => ({
  ...numbersAlone,
  base: 0,
  features: names.map(name => ({ name, kind: 'number' })),
});

describe('writeLightGbmText', () => {
  it('is read back as the same trees', () => {
    const ensemble = named(['a', 'b', 'c']);
    expect(readLightGbmText(writeLightGbmText(ensemble))).toEqual(ensemble);
  });

  it('keeps directions', () => {
    const ensemble = named(['a', 'b', 'c']);
    const [a, ...rest] = ensemble.features;
    const text = writeLightGbmText({ ...ensemble, features: [{ ...a, monotone: -1 }, ...rest] });
    expect(readLightGbmText(text).features).toEqual([{ ...a, monotone: -1 }, ...rest]);
  });

  it('writes names that LightGBM takes, each once', () => {
    const text = writeLightGbmText(named(['bm25 of title', 'bm25,of:title', 'größe.cm']));
    expect(readLightGbmText(text).features.map(({ name }) => name)).toEqual([
      'bm25_of_title',
      'bm25_of_title_2',
      'größe.cm',
    ]);
  });

  it('writes a base as a tree of one leaf, which comes first', () => {
    const { trees } = readLightGbmText(writeLightGbmText({ ...numbersAlone, base: 0.1 }));
    expect(trees).toHaveLength(1 + numbersAlone.trees.length);
    expect([...trees[0].value]).toEqual([0.1]);
  });

  it('gives each tree its length in bytes', () => {
    const text = writeLightGbmText(named(['ä', 'b', 'c']));
    const sizes = /tree_sizes=(.*)/.exec(text)![1].split(' ').map(Number);
    const trees = Buffer.from(text.slice(text.indexOf('Tree=0'), text.indexOf('end of trees')));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(trees.length);
  });

  it('refuses what LightGBM cannot do: a missing category that goes left', () => {
    const ensemble: TreeEnsemble = {
      features: [{ name: 'kind', kind: 'category' }],
      base: 0,
      trees: [
        {
          feature: Int32Array.of(0),
          threshold: Float64Array.of(0),
          left: Int32Array.of(~0),
          right: Int32Array.of(~1),
          defaultLeft: Uint8Array.of(1),
          categoryStart: Int32Array.of(0, 1),
          categories: Uint32Array.of(1),
          gain: Float64Array.of(0),
          cover: Float64Array.of(2),
          value: Float64Array.of(0, 1),
          leafCover: Float64Array.of(1, 1),
        },
      ],
    };
    expect(() => writeLightGbmText(ensemble)).toThrow(expect.objectContaining({ code: 'ranker/unsupported' }));
  });
});
