import { describe, expect, it } from 'vitest';
import { createModelState, type ModelState, tableShapes } from '../../models/model-state.js';
import { smallConfig, vocabulary } from './small-towers.js';

const texts = { query: ['trigram', 'text', 'country'], document: ['titleTrigram', 'title'] };
const bytesOf = ({ dense, tables }: ModelState): [string, Buffer][] =>
  [...Object.entries(dense), ...Object.entries(tables)].map(([name, { values }]) => [name, Buffer.from(values.buffer)]);

describe('createModelState', () => {
  it('gives the same bytes for the same seed, others for another', () => {
    const state = (seed: number) => bytesOf(createModelState(smallConfig({ ...texts, seed }), vocabulary));
    expect(state(1)).toEqual(state(1));
    const [one, two] = [state(1), state(2)].map(all => new Map(all.filter(([name]) => !/\.(bias|scale)$/.test(name))));
    expect(one.size).toBeGreaterThan(0);
    for (const [name, bytes] of one) expect(bytes.equals(two.get(name)!), name).toBe(false);
  });

  it('begins biases at 0, scales at 1 and weights within the bound of Glorot and Bengio', () => {
    const { dense } = createModelState(smallConfig(texts), vocabulary);
    for (const [name, { shape, values }] of Object.entries(dense)) {
      expect(values.length, name).toBe(shape.reduce((a, b) => a * b, 1));
      if (name.endsWith('.bias')) expect(new Set(values), name).toEqual(new Set([0]));
      else if (name.endsWith('.scale')) expect(new Set(values), name).toEqual(new Set([1]));
      else {
        const bound = Math.sqrt(6 / (shape[0] + shape[1]));
        const largest = Math.max(...values.map(Math.abs));
        expect(largest, name).toBeLessThanOrEqual(Math.fround(bound));
        expect(largest, name).toBeGreaterThan(bound / 2);
      }
    }
  });
});

describe('tableShapes', () => {
  it('has a row for each bucket, token and position, and one more than there are countries', () => {
    expect(tableShapes(smallConfig(texts), vocabulary)).toEqual({
      trigram: [64, 10],
      country: [3, 10],
      token: [50, 8],
      'query.position': [6, 8],
      'document.position': [9, 8],
    });
  });

  it('has one table of positions for a shared encoder, as long as the longest text', () => {
    expect(tableShapes(smallConfig({ ...texts, shared: true }), vocabulary)).toMatchObject({ position: [9, 8] });
    const [one, two] = [true, false].map(shared => createModelState(smallConfig({ ...texts, shared }), vocabulary));
    const encoders = (state: ModelState): string[] =>
      [...new Set(Object.keys(state.dense).map(name => name.split('.layer')[0]))].filter(name =>
        name.includes('encoder'),
      );
    expect(encoders(one)).toEqual(['encoder']);
    expect(encoders(two)).toEqual(['query.encoder', 'document.encoder']);
  });

  it('has no table that no channel reads', () => {
    const bags = smallConfig({ query: ['word'], document: ['titleWord'] });
    expect(Object.keys(tableShapes(bags, vocabulary))).toEqual(['word']);
    const mixed = smallConfig({ query: ['word'], document: ['title'] });
    expect(Object.keys(tableShapes(mixed, vocabulary))).toEqual(['word', 'token', 'document.position']);
  });
});
