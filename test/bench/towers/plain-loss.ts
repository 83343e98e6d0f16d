import { type TowerSizes, towerNames } from '../../../bench/towers/sizes.js';
import type { NamedArray } from '../../../models/safetensors.js';

type Vector = number[];
type Arrays = ReadonlyMap<string, NamedArray>;

const sum = (v: Vector): number => v.reduce((a, b) => a + b, 0);
const dot = (a: Vector, b: Vector): number => sum(a.map((x, i) => x * b[i]));
const plus = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]);
const softmax = (v: Vector): Vector => v.map(x => Math.exp(x)).map((e, _, all) => e / sum(all));

/** erf by its Maclaurin series, to 1e-9 below 4; beyond, it differs from 1 by less than 2e-8. */
function erf(x: number): number {
  if (Math.abs(x) >= 4) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}
const gelu = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));

function row(arrays: Arrays, name: string, index: number): Vector {
  const { shape, values } = arrays.get(name)!;
  const width = shape.at(-1)!;
  return [...values.subarray(index * width, (index + 1) * width)];
}
const vector = (arrays: Arrays, name: string): Vector => [...arrays.get(name)!.values];

/** v [in] times a matrix [in, out]. */
const times = (v: Vector, arrays: Arrays, name: string): Vector =>
  v.map((x, i) => row(arrays, name, i).map(w => x * w)).reduce(plus);

function normalise(v: Vector, gain: Vector, shift: Vector): Vector {
  const mean = sum(v) / v.length;
  const variance = sum(v.map(x => (x - mean) ** 2)) / v.length;
  return v.map((x, i) => ((x - mean) / Math.sqrt(variance + 1e-5)) * gain[i] + shift[i]);
}

/** One head at a time, one position at a time, over the visible positions alone. */
function attend(x: Vector[], p: Arrays, at: string, length: number, heads: number): Vector[] {
  const [q, k, v] = ['wq', 'wk', 'wv'].map(name => x.map(each => times(each, p, `${at}.${name}`)));
  const part = x[0].length / heads;
  return x.map((_, t) =>
    Array.from({ length: heads }, (_h, h) => {
      const cut = (u: Vector): Vector => u.slice(h * part, (h + 1) * part);
      const weights = softmax(k.slice(0, length).map(key => dot(cut(q[t]), cut(key)) / Math.sqrt(part)));
      return weights.map((weight, j) => cut(v[j]).map(value => weight * value)).reduce(plus);
    }).flat(),
  );
}

function layer(x: Vector[], p: Arrays, at: string, length: number, heads: number): Vector[] {
  const get = (name: string): Vector => vector(p, `${at}.${name}`);
  return attend(x, p, at, length, heads).map((mixed, t) => {
    const h = normalise(plus(x[t], times(mixed, p, `${at}.wo`)), get('g1'), get('be1'));
    const inner = plus(times(h, p, `${at}.w1`), get('b1')).map(gelu);
    return normalise(plus(h, plus(times(inner, p, `${at}.w2`), get('b2'))), get('g2'), get('be2'));
  });
}

function embed(sizes: TowerSizes, tower: (typeof towerNames)[number], p: Arrays, f: Arrays, example: number): Vector {
  const length = f.get(`${tower}.lengths`)!.values[example];
  let x = row(f, `${tower}.ids`, example).map((id, t) => plus(row(p, 'tok', id), row(p, `${tower}.pos`, t)));
  for (let l = 0; l < sizes[tower].layers; l++) x = layer(x, p, `${tower}.layer${l}`, length, sizes.heads);
  const text = times(x[0], p, `${tower}.cls`);
  const trigram = row(f, `${tower}.trigrams`, example)
    .map(id => row(p, 'tri', id))
    .reduce(plus);
  const [a, b] = softmax(times([...text, ...trigram], p, `${tower}.att`));
  const fused = text.map((value, i) => a * value + b * trigram[i]);
  return fused.map(value => value / Math.sqrt(dot(fused, fused) + 1e-6));
}

/** The loss of bench/towers/two-towers.ts with loops over numbers: slow, plain, and written apart from it. */
export function plainLoss(sizes: TowerSizes, parameters: Arrays, features: Arrays): number {
  const examples = Array.from({ length: sizes.batch }, (_, i) => i);
  const [queries, documents] = towerNames.map(tower => examples.map(i => embed(sizes, tower, parameters, features, i)));
  const losses = queries.map((query, i) => -Math.log(softmax(documents.map(d => sizes.scale * dot(query, d)))[i]));
  return sum(losses) / sizes.batch;
}
