import { describe, expect, it } from 'vitest';
import { createTowers } from '../../models/channels.js';
import { layerFactor } from '../../training/layer-rates.js';
import { textConfig } from './fixture.js';

const towersOf = (shared: boolean) => {
  const { towers, textEncoder } = textConfig({ textEncoder: { queryLayers: 2, documentLayers: 3, shared } });
  return createTowers(towers, textEncoder);
};

describe('layerFactor', () => {
  it('falls by the decay from the top layer down, each tower by its own depth', () => {
    const factor = (name: string): number => layerFactor(name, towersOf(false), 0.5);
    expect(factor('document.encoder.layer2.query.weight')).toBe(1);
    expect(factor('document.encoder.layer0.query.weight')).toBe(0.25);
    expect(factor('query.encoder.layer1.norm1.scale')).toBe(1);
    expect(factor('query.encoder.layer0.norm1.scale')).toBe(0.5);
    expect(factor('document.encoder.norm.scale')).toBe(0.125);
    expect(factor('token')).toBe(0.125);
    expect(factor('query.position')).toBe(0.125);
  });

  it('leaves all else alone, and everything where the decay is 1', () => {
    for (const name of ['word', 'trigram', 'document.fusion.weight', 'query.text.weight', 'auxiliary.bias'])
      expect(layerFactor(name, towersOf(false), 0.5)).toBe(1);
    expect(layerFactor('document.encoder.layer0.query.weight', towersOf(false), 1)).toBe(1);
  });
});
