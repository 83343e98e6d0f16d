import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { basisId, differences, settingsBasis } from '../../training/basis.js';

const basis = (raw: Readonly<Record<string, unknown>>) =>
  settingsBasis(configSchema.parse(raw), ['seed', 'towers', 'textEncoder', 'training']);

describe('settingsBasis', () => {
  it.each(['threads', 'checkpointSeconds', 'engine', 'provider', 'from'])('leaves out training.%s', key => {
    const other = { threads: 7, checkpointSeconds: 3, engine: 'eager-cpu', provider: 'webgpu', from: 'elsewhere' };
    expect(basis({ training: { [key]: other[key as keyof typeof other] } })).toEqual(basis({}));
  });

  it('names every other setting by its dotted key, a list as one', () => {
    const other = basis({
      seed: 2,
      training: { learningRate: 0.5, adam: { beta1: 0.5 }, stages: [{ name: 's', epochs: 1, pseudoShare: 1 }] },
    });
    const expected = ['seed', 'training.adam.beta1', 'training.learningRate', 'training.stages'];
    expect(differences(basis({}), other).sort()).toEqual(expected);
    expect(basisId(basis({}))).not.toBe(basisId(other));
  });
});

describe('differences', () => {
  it('names what one of the two does not have', () => {
    expect(differences({ a: 1, b: [2] }, { b: [2], c: 3 })).toEqual(['c', 'a']);
  });
});
