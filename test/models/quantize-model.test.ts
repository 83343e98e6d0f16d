import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStoredModel } from '../../models/pretrained/stored-model.js';
import { decodeConstants, encodeModel, type OnnxGraph, quantizeModel } from '../../models/recorder/onnx-proto.js';
import { createNativeGraph } from '../../models/runtime/session.js';
import { seededRandom } from '../../src/math/random.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { trainSmallModel } from '../small-model.js';

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer);

/** x [n, K] times a matrix [K, N], and what else is done with it. */
function productGraph(matrix: Float32Array, rows: number, columns: number, more: Partial<OnnxGraph> = {}): OnnxGraph {
  return {
    nodes: [{ op: 'MatMul', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }, ...(more.nodes ?? [])],
    constants: [{ name: 'w', dtype: 'float32', shape: [rows, columns], bytes: bytesOf(matrix) }],
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', rows] }],
    outputs: more.outputs ?? [{ name: 'y', dtype: 'float32', shape: ['n', columns] }],
  };
}

describe('a graph in 8 bits', () => {
  it('multiplies by each column within its rounding', async () => {
    const [rows, columns] = [128, 64];
    const random = seededRandom(3);
    // columns of very different sizes, and one of zeros
    const matrix = Float32Array.from({ length: rows * columns }, (_, i) => {
      const column = i % columns;
      return column === 5 ? 0 : (random.next() - 0.5) * 10 ** (column % 5);
    });
    const model = encodeModel(productGraph(matrix, rows, columns));
    const quantized = quantizeModel(model);
    expect(quantized.matrices).toBe(1);
    expect(quantized.model.length).toBeLessThan(model.length / 3);
    const x = Float32Array.from({ length: 3 * rows }, () => random.next() - 0.5);
    const results = [];
    for (const bytes of [model, quantized.model]) {
      const graph = await createNativeGraph(bytes, { threads: 1 });
      results.push((await graph.run({ x: { values: x, shape: [3, rows] } })).y);
      await graph.close();
    }
    const [exact, close] = results;
    const largest = Math.max(...x.map(Math.abs));
    exact.forEach((value, i) => {
      const column = i % columns;
      const most = Math.max(...Array.from({ length: rows }, (_, k) => Math.abs(matrix[k * columns + column])));
      // half a step of each factor, times the largest of the other, for every one of the K products
      const bound = rows * ((most / 126) * largest + ((2 * largest) / 255 / 2) * most + 1e-6);
      expect(Math.abs(value - close[i])).toBeLessThanOrEqual(bound);
      if (column === 5) expect(close[i]).toBe(0);
    });
  });

  it('does not overflow where all values are the largest, whatever the processor adds in', async () => {
    const [rows, columns] = [256, 16];
    const model = encodeModel(productGraph(new Float32Array(rows * columns).fill(1), rows, columns));
    const graph = await createNativeGraph(quantizeModel(model).model, { threads: 1 });
    const { y } = await graph.run({ x: { values: new Float32Array(rows).fill(1), shape: [1, rows] } });
    await graph.close();
    for (const value of y) expect(value).toBeCloseTo(rows, 2);
  });

  it('keeps matrices that are small, or read by something else', () => {
    const small = quantizeModel(encodeModel(productGraph(new Float32Array(16), 4, 4)));
    expect(small.matrices).toBe(0);
    const shared = productGraph(new Float32Array(4096).fill(1), 64, 64, {
      nodes: [{ op: 'Identity', domain: '', inputs: ['w'], outputs: ['z'], attributes: {} }],
      outputs: [
        { name: 'y', dtype: 'float32', shape: ['n', 64] },
        { name: 'z', dtype: 'float32', shape: [64, 64] },
      ],
    });
    const { model, matrices } = quantizeModel(encodeModel(shared));
    expect(matrices).toBe(0);
    expect(decodeConstants(model)[0]).toMatchObject({ name: 'w', dtype: 'float32', shape: [64, 64] });
  });
});

describe('tandem quantize', () => {
  it('writes another model that embeds nearly the same, and that nothing is trained on', async () => {
    const folder = await temporaryFolder();
    const small = await trainSmallModel(join(folder, 'small'), { embeddingWidth: 64, tableWidth: 64 });
    const [out, again] = [join(folder, 'int8'), join(folder, 'again')];
    const ended = await runTandem(['quantize', '--model', small.model, '--out', out, '--json']);
    const { matrices, bytes, bytesBefore } = lastJson(ended);
    expect([ended.exit, matrices > 0, bytes < bytesBefore]).toEqual([0, true, true]);
    expect((await stat(join(out, 'tables.safetensors'))).size).toBe(
      (await stat(join(small.model, 'tables.safetensors'))).size,
    );
    const { loadModel } = await import('../../models/runtime/load-model.js');
    const [exact, rounded] = [await loadModel(small.model), await loadModel(out)];
    expect(rounded.modelId).not.toBe(exact.modelId);
    const [a, b] = [await exact.embedDocuments(small.documents), await rounded.embedDocuments(small.documents)];
    small.documents.forEach((_, i) => {
      const row = (of: Float32Array) => of.subarray(i * 64, (i + 1) * 64);
      expect(row(a).reduce((sum, x, j) => sum + x * row(b)[j], 0)).toBeGreaterThan(0.98);
    });
    await Promise.all([exact.close(), rounded.close()]);
    await expect(readStoredModel(out)).rejects.toMatchObject({ code: 'model/quantized' });
    const twice = await runTandem(['quantize', '--model', out, '--out', again]);
    expect([twice.exit, twice.error]).toEqual([1, expect.stringContaining('model/quantized')]);
    await expect(readFile(join(again, 'model.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
