import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { TowerName } from '../../models/channels.js';
import type { Tensor } from '../../models/recorder/tensorflow.js';
import { tableInputs, towerParameters } from '../../models/towers.js';
import { gradientsOf } from './layers/gradients.js';
import { floats, runEagerly, runRecorded, type Values } from './recorder/parity.js';
import { smallConfig, someFeatures, towerRun, trainedState } from './small-towers.js';

/** Whether the optional package is there and its native library loads. @returns why not, or nothing */
function missing(): string | undefined {
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node');
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}

const reason = missing();
if (reason !== undefined) console.warn(`skipped: @tensorflow/tfjs-node cannot be loaded (${reason})`);

const texts = {
  query: ['trigram', 'word', 'text', 'country'],
  document: ['titleTrigram', 'descriptionWord', 'title', 'description', 'country'],
};
const pictured = { document: ['titleTrigram', 'image', 'attribute.price'] };
const configurations = [
  ['bags', smallConfig()],
  ['text, mean', smallConfig(texts)],
  ['text, cls', smallConfig({ ...texts, pooling: 'cls' })],
  ['images and attributes', smallConfig(pictured)],
  ['text, concatenated', smallConfig({ ...texts, fusion: 'concat' })],
] as const;
const every = configurations.flatMap(([about, config]) =>
  (['query', 'document'] as const).map((name: TowerName) => ({ about, config, name })),
);

const norm = (values: readonly number[]): number => Math.hypot(...values);

/**
 * |a - b| / |b| over whole tensors: single entries near zero have no relative error worth the name. Nor has a whole gradient that is
 * zero but for rounding, as that of the key bias is (softmax does not see it): it is measured against a hundredth of the largest one.
 */
function relativeDifferences(actual: readonly Values[], wanted: readonly Values[]): number[] {
  const least = Math.max(...wanted.map(({ values }) => norm(values))) / 100;
  return wanted.map(
    ({ values }, i) => norm(values.map((b, j) => actual[i].values[j] - b)) / Math.max(least, norm(values)),
  );
}

describe.skipIf(reason !== undefined)('on tfjs-node, tfjs cpu and recorded', () => {
  it.each(every)('towers and their gradients agree: $about, $name tower', async ({ config, name }) => {
    const state = trainedState(config);
    const { batch, inputs, compute } = towerRun(state, name, someFeatures(state, name, 5));
    const tower = state.towers[name];
    const learned = [
      ...Object.keys(towerParameters(tower, config.towers.tableWidth)),
      ...tableInputs(tower, batch.shape),
    ];
    const embedding = (...[tf, all]: Parameters<typeof compute>): Tensor => (compute(tf, all) as Tensor[])[0];
    const gradients = gradientsOf(embedding, learned, floats([5, 8], -1, 1, 4));
    for (const computation of [compute, gradients]) {
      const wanted = runEagerly(inputs, computation, 'cpu');
      const others = [runEagerly(inputs, computation, 'tensorflow'), await runRecorded(inputs, computation)];
      for (const results of others) {
        expect(results.length).toBe(wanted.length);
        relativeDifferences(results, wanted).forEach((difference, i) => {
          expect(difference, computation === gradients ? learned[i] : 'tower').toBeLessThan(1e-4);
        });
      }
    }
  });
});
