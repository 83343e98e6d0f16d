import { sizes, type TorchTensors } from './hugging-face-folder.js';

type Row = readonly number[];

export interface PlainChoice {
  readonly layers?: number;
  readonly firstPosition?: number;
  readonly pooling?: 'mean' | 'cls';
  /** first tokens that the mean leaves out */
  readonly unpooled?: number;
  readonly activation?: (x: number) => number;
}

/** erf by its series, erf(x) = 2/sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1)); enough for |x| < 4. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
export const geluTanh = (x: number): number =>
  (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** BERT (Devlin et al., 2019) in float64, token by token and head by head, on the tensors as PyTorch keeps them. */
export function plainEmbedding(tensors: TorchTensors, ids: readonly number[], choice: PlainChoice = {}): number[] {
  const { layers = sizes.layers, firstPosition = 0, pooling = 'mean', activation = gelu, unpooled = 0 } = choice;
  const row = (name: string, r: number): number[] => {
    const { shape, values } = tensors[name];
    return [...values.slice(r * shape[1], (r + 1) * shape[1])];
  };
  const add = (a: Row, b: Row): number[] => a.map((x, i) => x + b[i]);
  const linear = (name: string, x: Row): number[] =>
    [...tensors[`${name}.bias`].values].map((bias, r) =>
      row(`${name}.weight`, r).reduce((sum, w, i) => sum + w * x[i], bias),
    );
  const norm = (name: string, x: Row): number[] => {
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((sum, each) => sum + (each - mean) ** 2, 0) / x.length;
    const [scale, bias] = ['weight', 'bias'].map(part => tensors[`${name}.${part}`].values);
    return x.map((each, i) => ((each - mean) / Math.sqrt(variance + 1e-12)) * scale[i] + bias[i]);
  };
  let hidden = ids.map((id, t) => {
    const position = row('embeddings.position_embeddings.weight', firstPosition + t);
    const type = row('embeddings.token_type_embeddings.weight', 0);
    return norm('embeddings.LayerNorm', add(add(row('embeddings.word_embeddings.weight', id), position), type));
  });
  for (let l = 0; l < layers; l++) {
    const at = `encoder.layer.${l}`;
    const [q, k, v] = ['query', 'key', 'value'].map(part => hidden.map(x => linear(`${at}.attention.self.${part}`, x)));
    const d = sizes.width / sizes.heads;
    const mixed = q.map((_, t) => {
      const result = new Array<number>(sizes.width).fill(0);
      for (let h = 0; h < sizes.heads; h++) {
        const part = (x: Row): Row => x.slice(h * d, (h + 1) * d);
        const scores = k.map(key => part(q[t]).reduce((sum, x, i) => sum + x * part(key)[i], 0) / Math.sqrt(d));
        const whole = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        scores.forEach((score, s) => {
          part(v[s]).forEach((x, i) => {
            result[h * d + i] += (Math.exp(score) / whole) * x;
          });
        });
      }
      return result;
    });
    const attended = hidden.map((x, t) =>
      norm(`${at}.attention.output.LayerNorm`, add(x, linear(`${at}.attention.output.dense`, mixed[t]))),
    );
    hidden = attended.map(x => {
      const inner = linear(`${at}.intermediate.dense`, x).map(activation);
      return norm(`${at}.output.LayerNorm`, add(x, linear(`${at}.output.dense`, inner)));
    });
  }
  const pooled = pooling === 'cls' ? hidden[0] : hidden.slice(unpooled).reduce(add);
  const length = Math.hypot(...pooled);
  return pooled.map(x => x / length);
}
