import type * as tfjs from '@tensorflow/tfjs';
import type { Tf } from '../../models/recorder/tensorflow.js';
import type { NamedArray } from '../../models/safetensors.js';
import { type TowerSizes, towerNames } from './sizes.js';

type Tensors = Readonly<Record<string, tfjs.Tensor>>;

/** Masks and ids as tensors; made once, outside the step. `${tower}.hidden` [B, 1, 1, T]: 0 where a token stands, -1e9 beyond the length. */
export function featureTensors(tf: Tf, features: ReadonlyMap<string, NamedArray>): Record<string, tfjs.Tensor> {
  const tensors: Record<string, tfjs.Tensor> = {};
  for (const tower of towerNames) {
    for (const name of [`${tower}.ids`, `${tower}.trigrams`]) {
      const { shape, values } = features.get(name)!;
      tensors[name] = tf.tensor(values, [...shape], 'int32');
    }
    const [B, T] = features.get(`${tower}.ids`)!.shape;
    const lengths = features.get(`${tower}.lengths`)!.values;
    const hidden = Float32Array.from({ length: B * T }, (_, i) => (i % T < lengths[Math.floor(i / T)] ? 0 : -1e9));
    tensors[`${tower}.hidden`] = tf.tensor(hidden, [B, 1, 1, T]);
  }
  return tensors;
}

/**
 * Rows of a table [U, D] by ids [B, n] -> [B * n, D]. The gradient is one scatter with sums; what TensorFlow.js derives by itself
 * takes U passes over all rows on its plain JavaScript backend, which made one step of the bench last over an hour.
 */
function gatherRows(tf: Tf, table: tfjs.Tensor, ids: tfjs.Tensor): tfjs.Tensor {
  const gather = tf.customGrad(x => ({
    value: tf.gather(x as tfjs.Tensor, tf.reshape(ids, [-1])),
    gradFunc: dy => tf.scatterND(tf.reshape(ids, [-1, 1]), dy, table.shape as [number, number]),
  }));
  return gather(table);
}

function layerNorm(tf: Tf, x: tfjs.Tensor, gain: tfjs.Tensor, shift: tfjs.Tensor): tfjs.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
}

const gelu = (tf: Tf, x: tfjs.Tensor): tfjs.Tensor =>
  tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));

/** x [B*T, D] -> [B*T, D]: one post-norm transformer layer. */
function layer(
  tf: Tf,
  x: tfjs.Tensor,
  at: (name: string) => tfjs.Tensor,
  hidden: tfjs.Tensor,
  heads: number,
): tfjs.Tensor {
  const [B, , , T] = hidden.shape;
  const D = x.shape[1]!;
  const split = (w: tfjs.Tensor): tfjs.Tensor =>
    tf.transpose(tf.reshape(tf.matMul(x, w), [B, T!, heads, D / heads]), [0, 2, 1, 3]); // [B, H, T, D/H]
  const scores = tf.matMul(split(at('wq')), split(at('wk')), false, true); // [B, H, T, T]
  const attention = tf.softmax(tf.add(tf.mul(scores, Math.sqrt(heads / D)), hidden));
  const mixed = tf.reshape(tf.transpose(tf.matMul(attention, split(at('wv'))), [0, 2, 1, 3]), [B * T!, D]);
  const h = layerNorm(tf, tf.add(x, tf.matMul(mixed, at('wo'))), at('g1'), at('be1'));
  const inner = gelu(tf, tf.add(tf.matMul(h, at('w1')), at('b1'))); // [B*T, F]
  return layerNorm(tf, tf.add(h, tf.add(tf.matMul(inner, at('w2')), at('b2'))), at('g2'), at('be2'));
}

function embed(
  tf: Tf,
  sizes: TowerSizes,
  tower: (typeof towerNames)[number],
  params: Tensors,
  features: Tensors,
): tfjs.Tensor {
  const { batch: B, width: D, heads } = sizes;
  const { tokens: T, layers, trigrams } = sizes[tower];
  const rows = gatherRows(tf, params.tok, features[`${tower}.ids`]);
  let x: tfjs.Tensor = tf.reshape(tf.add(tf.reshape(rows, [B, T, D]), params[`${tower}.pos`]), [B * T, D]);
  for (let l = 0; l < layers; l++) {
    x = layer(tf, x, name => params[`${tower}.layer${l}.${name}`], features[`${tower}.hidden`], heads);
  }
  const first = tf.reshape(tf.slice(tf.reshape(x, [B, T, D]), [0, 0, 0], [B, 1, D]), [B, D]);
  const text = tf.matMul(first, params[`${tower}.cls`]);
  const bag = gatherRows(tf, params.tri, features[`${tower}.trigrams`]);
  const trigram = tf.sum(tf.reshape(bag, [B, trigrams, D]), 1);
  const weights = tf.softmax(tf.matMul(tf.concat([text, trigram], 1), params[`${tower}.att`])); // [B, 2]
  const fused = tf.add(
    tf.mul(text, tf.slice(weights, [0, 0], [B, 1])),
    tf.mul(trigram, tf.slice(weights, [0, 1], [B, 1])),
  );
  return tf.mul(fused, tf.rsqrt(tf.add(tf.sum(tf.square(fused), -1, true), 1e-6)));
}

/**
 * Scaled in-batch softmax cross-entropy of two transformer towers, in the plainest TensorFlow.js operations.
 * @param params    by the names of `parameterShapes`
 * @param features  of `featureTensors`
 * @returns scalar; the formulas stand in bench/peers/training_step.py
 */
export function twoTowersLoss(tf: Tf, sizes: TowerSizes, params: Tensors, features: Tensors): tfjs.Scalar {
  const query = embed(tf, sizes, 'query', params, features);
  const document = embed(tf, sizes, 'document', params, features);
  const scores = tf.mul(tf.matMul(query, document, false, true), sizes.scale); // [B, B]
  const own = tf.sum(tf.mul(tf.logSoftmax(scores), tf.eye(sizes.batch)), 1);
  return tf.neg(tf.mean(own));
}
