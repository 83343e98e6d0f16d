import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageImportOptions, readImageModel } from '../../../models/pretrained/import-image-encoder.js';
import { encodeModel, type OnnxGraph } from '../../../models/recorder/onnx-proto.js';
import { openImageEmbedder } from '../../../models/runtime/image-embedder.js';
import { runTandem } from '../../cli/run-tandem.js';
import { identityGraph, meanGraph, plainPicture } from '../images/fixture.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-import-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function graphFile(graph: OnnxGraph): Promise<string> {
  const path = at(`graph${files++}.onnx`);
  await writeFile(path, encodeModel(graph));
  return path;
}

const manifestOf = async (graph: OnnxGraph, options: ImageImportOptions = {}) =>
  (await readImageModel(await graphFile(graph), options, '0')).manifest;

/** A folder as Hugging Face keeps an exported picture encoder. */
async function huggingFaceFolder(preprocessor: object | string, graph = meanGraph()): Promise<string> {
  const path = at(`folder${files++}`);
  await mkdir(join(path, 'onnx'), { recursive: true });
  await writeFile(join(path, 'onnx', 'model.onnx'), encodeModel(graph));
  const text = typeof preprocessor === 'string' ? preprocessor : JSON.stringify(preprocessor);
  await writeFile(join(path, 'preprocessor_config.json'), text);
  return path;
}

const inputOf = async (preprocessor: object, size: number | string = 'h') =>
  (await readImageModel(await huggingFaceFolder(preprocessor, meanGraph(size)), {}, '0')).manifest.input;

/** [n, 3, 8, 8] -> [n, 64, 3]: a token for each place. */
const tokenGraph = (): OnnxGraph => ({
  nodes: [
    { op: 'Transpose', domain: '', inputs: ['pixels'], outputs: ['last'], attributes: { perm: [0, 2, 3, 1] } },
    { op: 'Reshape', domain: '', inputs: ['last', 'shape'], outputs: ['tokens'], attributes: {} },
  ],
  constants: [
    { name: 'shape', dtype: 'int64', shape: [3], bytes: new Uint8Array(BigInt64Array.of(-1n, 64n, 3n).buffer) },
  ],
  inputs: [{ name: 'pixels', dtype: 'float32', shape: ['n', 3, 8, 8] }],
  outputs: [{ name: 'tokens', dtype: 'float32', shape: ['n', 64, 3] }],
});

describe('readImageModel', () => {
  it('takes layout, size and width from the graph, and the usual colours', async () => {
    const { input, output, source } = await manifestOf(meanGraph());
    expect(input).toEqual({
      name: 'pixels',
      size: 8,
      layout: 'NCHW',
      channels: 'RGB',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      fit: 'contain',
      kernel: 'cubic',
    });
    expect(output).toEqual({ name: 'vector', rank: 2, pooling: 'mean', width: 3 });
    expect(source).toMatch(/^imported from graph\d+\.onnx$/);
    expect((await manifestOf(meanGraph(8, [1, 2]))).input.layout).toBe('NHWC');
  });

  it('takes what the graph leaves open from the options', async () => {
    const options = { size: 32, mean: [0, 0, 0], std: [1, 1, 1], fit: 'cover', source: 'mine, MIT' } as const;
    const { input, source } = await manifestOf(meanGraph('h'), { ...options, mean: [0, 0, 0], std: [1, 1, 1] });
    expect(input).toMatchObject({ size: 32, mean: [0, 0, 0], std: [1, 1, 1], fit: 'cover' });
    expect(source).toBe('mine, MIT');
  });

  it('averages places, and reads the first token or the mean of all', async () => {
    expect((await manifestOf(identityGraph())).output).toEqual({ name: 'places', rank: 4, pooling: 'mean', width: 3 });
    // white above and below, blue between: the first token is white
    const picture = await plainPicture('blue', 32, 16);
    const vectorOf = async (graph: OnnxGraph, pooling?: 'mean' | 'first') => {
      const plain = { mean: [0, 0, 0], std: [1, 1, 1] } satisfies ImageImportOptions;
      const encoder = await readImageModel(await graphFile(graph), { ...plain, pooling }, '0');
      const embedder = await openImageEmbedder(encoder, { threads: 1 });
      const vector = await embedder.embed(picture);
      await embedder.close();
      return Array.from(vector, value => Number(value.toFixed(4)));
    };
    expect(await vectorOf(tokenGraph())).toEqual([1, 1, 1]);
    expect(await vectorOf(tokenGraph(), 'mean')).toEqual(await vectorOf(meanGraph()));
    expect(await vectorOf(meanGraph())).not.toEqual([1, 1, 1]);
  });

  it('reads the output that exporters give the vector of a picture, or the one that is named', async () => {
    const two = meanGraph();
    const graph = {
      ...two,
      nodes: [...two.nodes, { ...two.nodes[0], outputs: ['image_embeds'] }],
      outputs: [...two.outputs, { ...two.outputs[0], name: 'image_embeds' }],
    };
    expect((await manifestOf(graph)).output.name).toBe('image_embeds');
    expect((await manifestOf(graph, { output: 'vector' })).output.name).toBe('vector');
  });

  it.each<[string, () => OnnxGraph, ImageImportOptions, string]>([
    ['a size that is open', () => meanGraph('h'), {}, '--size'],
    ['another size than the graph has', () => meanGraph(), { size: 16 }, 'no pictures of 16 pixels'],
    ['a layout that is open', () => identityGraph(['n', 'c', 'h', 'w']), { size: 8 }, '--layout'],
    ['no picture as input', () => identityGraph(['n', 8]), {}, 'not one picture'],
    ['a picture that is not square', () => identityGraph(['n', 3, 8, 16]), {}, 'not square'],
    ['an output that is not there', () => meanGraph(), { output: 'logits' }, '--output'],
    ['a width that is open', () => identityGraph(['n', 'c', 'h', 'w']), { size: 8, layout: 'NCHW' }, 'not fixed'],
    ['no numbers for grey', () => meanGraph(), { std: [1e-45, 1, 1], mean: [0, 0, 0] }, 'grey picture'],
  ])('refuses %s and says what to do', async (_, graph, options, words) => {
    await expect(manifestOf(graph(), options)).rejects.toMatchObject({
      code: 'model/unsupported-image-encoder',
      message: expect.stringContaining(words),
    });
  });

  it('refuses several outputs without a name, and a file that is no graph', async () => {
    const two = meanGraph();
    const graph = {
      ...two,
      nodes: [...two.nodes, { ...two.nodes[0], outputs: ['b'] }],
      outputs: [...two.outputs, { ...two.outputs[0], name: 'b' }],
    };
    await expect(manifestOf(graph)).rejects.toMatchObject({ message: expect.stringContaining('--output') });
    await writeFile(at('text.onnx'), 'no graph');
    const code = 'model/unsupported-image-encoder';
    await expect(readImageModel(at('text.onnx'), {}, '0')).rejects.toMatchObject({ code });
    await expect(readImageModel(at('gone.onnx'), {}, '0')).rejects.toMatchObject({ code: 'data/not-found' });
    await mkdir(at('hollow'));
    await expect(readImageModel(at('hollow'), {}, '0')).rejects.toMatchObject({ code: 'data/not-found' });
  });
});

describe('preprocessor_config.json', () => {
  const colours = { image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25] };

  it.each([
    [
      { size: 32, do_center_crop: true, crop_size: 24, resample: 2 },
      { size: 24, fit: 'cover', resizeTo: 32, kernel: 'linear' },
    ],
    [
      { size: { shortest_edge: 24 }, do_center_crop: true, crop_size: { height: 24, width: 24 } },
      { size: 24, fit: 'cover' },
    ],
    [
      { size: { shortest_edge: 24 }, resample: 1 },
      { size: 24, fit: 'cover', kernel: 'lanczos3' },
    ],
    [
      { size: { height: 24, width: 24 }, resample: 3 },
      { size: 24, fit: 'fill', kernel: 'cubic' },
    ],
  ])('%j is %j', async (geometry, expected) => {
    const input = await inputOf({ ...geometry, ...colours });
    expect(input).toMatchObject({ ...expected, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] });
    expect('resizeTo' in input).toBe('resizeTo' in expected);
  });

  it.each([
    // (v * f - m) / s = (v / 255 - m / (255 f)) / (s / (255 f)); f = 1 / 127.5 gives half of each
    [{ rescale_factor: 1 / 127.5, ...colours }, 0.25, 0.125],
    [{ do_rescale: false, ...colours }, 0.5 / 255, 0.25 / 255],
    [{ do_normalize: false }, 0, 1],
  ])('%j: mean %d, deviation %d', async (scale, mean, std) => {
    const input = await inputOf({ size: 8, ...scale });
    expect(input.mean[1]).toBeCloseTo(mean, 10);
    expect(input.std[1]).toBeCloseTo(std, 10);
  });

  it('of a model for texts and pictures the part for pictures is taken', async () => {
    const path = await huggingFaceFolder({ size: 8 }, identityGraph(['n', 8]));
    await expect(readImageModel(path, {}, '0')).rejects.toMatchObject({ code: 'model/unsupported-image-encoder' });
    await writeFile(join(path, 'onnx', 'vision_model.onnx'), encodeModel(meanGraph()));
    expect((await readImageModel(path, {}, '0')).manifest.output.name).toBe('vector');
  });

  it.each(['{', '{"size": -1}', '{"image_mean": [1]}'])('%s is refused', async text => {
    const path = await huggingFaceFolder(text);
    await expect(readImageModel(path, {}, '0')).rejects.toMatchObject({ code: 'model/unsupported-image-encoder' });
  });
});

describe('tandem import-image-encoder', () => {
  it('writes an encoder folder and says what it holds', async () => {
    const words = ['--mean', '0,0,0', '--std', '.5,.5,1', '--size', '8', '--source', 'mine', '--json'];
    const { exit, out } = await runTandem([
      'import-image-encoder',
      await graphFile(meanGraph('h')),
      '--out',
      at('made'),
      ...words,
    ]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      encoder: at('made'),
      input: { size: 8, std: [0.5, 0.5, 1] },
      output: { width: 3 },
      source: 'mine',
    });
    expect((await readdir(at('made'))).sort()).toEqual(['image-encoder.json', 'image.onnx']);
  });

  it.each([
    [['--mean', '1,2'], 2, 'usage/bad-value'],
    [['--std', '1,0,1'], 2, 'usage/bad-value'],
    [['--layout', 'HWC'], 2, 'usage/bad-value'],
    [['--output', 'logits'], 2, 'model/unsupported-image-encoder'],
  ])('refuses %j and writes nothing', async (words, exit, code) => {
    const ended = await runTandem([
      'import-image-encoder',
      await graphFile(meanGraph()),
      '--out',
      at('refused'),
      ...words,
    ]);
    expect(ended.exit).toBe(exit);
    expect(ended.error).toContain(code);
    expect(await readdir(folder)).not.toContain('refused');
  });
});
