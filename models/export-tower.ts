import type { Tower } from './channels.js';
import type { ModelState } from './model-state.js';
import { encodeModel } from './recorder/onnx-proto.js';
import { recordDynamic } from './recorder/record-dynamic.js';
import { embedTower, towerInputs } from './towers.js';

/**
 * One tower as an ONNX file: the forward half of what is trained, parameters as initialisers, batch size and text lengths left open.
 * Inputs: towerInputs with one chunk per text channel. Outputs: `embedding` [batch, D], `weights` [batch, C].
 */
export function exportTower(tower: Tower, { dense, tables }: ModelState): Uint8Array {
  const textChannels = tower.channels.filter(channel => channel.kind === 'text');
  const lengths = textChannels.map(({ name }) => `${name}Tokens`);
  const own = Object.entries(dense).filter(([name]) => name.startsWith(`${tower.name}.`));
  const tableWidth = tables.trigram?.width ?? tables.word?.width ?? tables.country?.width ?? tower.encoder.width;
  const graph = recordDynamic(['batch', ...lengths], sizes => {
    const shape = {
      batch: sizes.batch,
      chunks: Object.fromEntries(
        textChannels.map(({ name }, i) => [name, [{ tokens: sizes[lengths[i]], count: sizes.batch }]]),
      ),
    };
    return {
      inputs: towerInputs(tower, tableWidth, shape),
      compute: (tf, inputs) => {
        const p = Object.fromEntries(own.map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]));
        const { embedding, weights } = embedTower(tf, tower, p, inputs, shape);
        return { embedding, weights };
      },
    };
  });
  return encodeModel(graph);
}
