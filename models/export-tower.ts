import type { Tower } from './channels.js';
import { withInitialisers } from './initialisers.js';
import type { ModelState } from './model-state.js';
import { encodeModel } from './recorder/onnx-proto.js';
import type { InputSpec } from './recorder/record.js';
import { recordDynamic } from './recorder/record-dynamic.js';
import { embedTower, towerInputs, towerParameters } from './towers.js';

/**
 * One tower as an ONNX file: the forward half of what is trained, parameters as initialisers, batch size, text lengths and the number of
 * images left open. Inputs: towerInputs with one chunk per channel of texts or images. Outputs: `embedding` [batch, D], `weights` [batch, C].
 */
export function exportTower(tower: Tower, { dense, tables }: ModelState): Uint8Array {
  const chunked = tower.channels.filter(channel => channel.kind !== 'bag');
  const lengths = chunked.map(({ name, kind }) => (kind === 'text' ? `${name}Tokens` : `${name}s`));
  const { trigram, word, country, attribute } = tables;
  const tableWidth = (trigram ?? word ?? country ?? attribute)?.width ?? tower.encoder.width;
  const parameters = towerParameters(tower, tableWidth);
  const graph = recordDynamic(['batch', ...lengths], sizes => {
    const shape = {
      batch: sizes.batch,
      chunks: Object.fromEntries(
        chunked.map(({ name }, i) => [name, [{ tokens: sizes[lengths[i]], count: sizes.batch }]]),
      ),
    };
    const fed = Object.entries(parameters).map(([name, shape]): [string, InputSpec] => [
      name,
      { dtype: 'float32', shape },
    ]);
    return {
      inputs: { ...towerInputs(tower, tableWidth, shape), ...Object.fromEntries(fed) },
      compute: (tf, inputs) => {
        const { embedding, weights } = embedTower(tf, tower, inputs, inputs, shape);
        return { embedding, weights };
      },
    };
  });
  return encodeModel(withInitialisers(graph, Object.keys(parameters), dense));
}
