import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { TandemError } from '../../src/errors/tandem-error.js';
import {
  createImageEncoder,
  type ImageEncoder,
  type ImageEncoderParts,
  type ImageInput,
  writeImageEncoder,
} from '../images/image-encoder.js';
import { openImageEmbedder } from '../runtime/image-embedder.js';
import { createNativeGraph, type GraphValue, type NativeGraph } from '../runtime/session.js';
import { readPreprocessor } from './image-preprocessor.js';

/** What an ONNX model leaves open, or what is to be taken in place of what it says. */
export interface ImageImportOptions extends Partial<ImageInput> {
  /** name of the output that is read */
  readonly output?: string;
  readonly pooling?: 'mean' | 'first';
  /** where it comes from and under which licence */
  readonly source?: string;
}

/** Where a Hugging Face folder keeps an exported picture encoder; model.onnx reads texts too where there is one for pictures alone. */
const modelFiles = ['onnx/vision_model.onnx', 'onnx/model.onnx', 'vision_model.onnx', 'model.onnx'];

/** Outputs that are vectors of a picture where a model has several, by the names that exporters give them. */
const outputNames = ['image_embeds', 'pooler_output', 'embeddings', 'last_hidden_state'];

/** What encoders that say nothing are mostly made with: the colours of ImageNet; the whole picture, since a catalogue shows a thing to its edges. */
const usual = {
  channels: 'RGB',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  fit: 'contain',
  kernel: 'cubic',
} as const satisfies Partial<ImageInput>;

const unusable = (why: string): TandemError => new TandemError('model/unsupported-image-encoder', why);

/**
 * Makes an image encoder of an ONNX file, or of a Hugging Face folder with one (its preprocessor_config.json is read). One grey picture
 * goes through it, so that what is written is known to work.
 * @throws TandemError 'data/not-found' | 'model/unsupported-image-encoder'
 */
export async function readImageModel(path: string, options: ImageImportOptions, tandem: string): Promise<ImageEncoder> {
  const { file, preset } = await findModel(path);
  const model = await readFile(file);
  const graph = await createNativeGraph(model, { threads: 1 }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw unusable(`${file}: onnxruntime cannot load it (${why})`);
  });
  try {
    const input = chooseInput(graph, { ...preset, ...given(options) });
    const output = chooseOutput(graph, input, options);
    const source = options.source ?? `imported from ${basename(path)}`;
    return await provenEncoder({ model, input, output, source, tandem });
  } finally {
    await graph.close();
  }
}

/** The same, as a folder. @throws as readImageModel, and TandemError 'files/*' */
export async function importImageEncoder(
  path: string,
  options: ImageImportOptions,
  out: string,
  tandem: string,
): Promise<ImageEncoder> {
  const encoder = await readImageModel(path, options, tandem);
  await writeImageEncoder(out, encoder);
  return encoder;
}

async function findModel(path: string): Promise<{ file: string; preset: Partial<ImageInput> }> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  if (found.isFile()) return { file: path, preset: {} };
  for (const name of modelFiles) {
    const file = join(path, name);
    if (
      await stat(file)
        .then(at => at.isFile())
        .catch(() => false)
    )
      return { file, preset: await readPreprocessor(path) };
  }
  throw new TandemError('data/not-found', `${path}: holds none of ${modelFiles.join(', ')}`, { path });
}

/** The keys of the input that the person has given. */
function given({
  output: _output,
  pooling: _pooling,
  source: _source,
  ...input
}: ImageImportOptions): Partial<ImageInput> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

const describe = ({ name, type, shape }: GraphValue): string =>
  `${name}: ${type} [${shape.map(size => size ?? '?').join(', ')}]`;

function chooseInput({ inputs }: NativeGraph, wanted: Partial<ImageInput>): ImageInput & { name: string } {
  const said = inputs.map(describe).join('; ');
  const [image, ...more] = inputs;
  if (image === undefined || more.length > 0 || image.shape.length !== 4 || image.type !== 'float32')
    throw unusable(`it wants ${said}, not one picture as float32 of rank 4`);
  const layout = wanted.layout ?? layoutOf(image);
  if (layout === undefined) throw unusable(`${said}: give --layout NCHW or NHWC`);
  const [height, width] = layout === 'NCHW' ? image.shape.slice(2) : image.shape.slice(1, 3);
  if (height !== width && height !== undefined && width !== undefined) throw unusable(`${said}: it is not square`);
  const fixed = height ?? width;
  const size = fixed ?? wanted.size;
  if (size === undefined) throw unusable(`${said}: give --size`);
  if (wanted.size !== undefined && wanted.size !== size)
    throw unusable(`${said}: it takes no pictures of ${wanted.size} pixels`);
  if (size < 8 || size > 1024) throw unusable(`${said}: it takes pictures of ${size} pixels; 8 to 1024 are read`);
  return { ...usual, mean: [...usual.mean], std: [...usual.std], ...wanted, layout, size, name: image.name };
}

function layoutOf({ shape }: GraphValue): ImageInput['layout'] | undefined {
  if (shape[1] === 3 && shape[3] !== 3) return 'NCHW';
  return shape[3] === 3 && shape[1] !== 3 ? 'NHWC' : undefined;
}

function chooseOutput(
  { outputs }: NativeGraph,
  { layout }: ImageInput,
  { output: name, pooling }: ImageImportOptions,
): ImageEncoder['manifest']['output'] {
  const said = outputs.map(describe).join('; ');
  const usually = outputNames.find(known => outputs.some(output => output.name === known));
  const wanted = name ?? usually ?? (outputs.length === 1 ? outputs[0].name : undefined);
  const chosen = outputs.find(output => output.name === wanted);
  if (chosen === undefined) throw unusable(`its outputs are ${said}: name one with --output`);
  const { shape, type } = chosen;
  const rank = shape.length;
  if ((rank !== 2 && rank !== 3 && rank !== 4) || type !== 'float32') throw unusable(`${said}: no vectors of float32`);
  const width = rank === 4 && layout === 'NCHW' ? shape[1] : shape[rank - 1];
  if (width === undefined) throw unusable(`${describe(chosen)}: how many numbers it gives is not fixed`);
  return { name: chosen.name, rank, pooling: pooling ?? (rank === 3 ? 'first' : 'mean'), width };
}

/** Puts an encoder together and lets a grey picture go through it. @throws TandemError 'model/unsupported-image-encoder' */
export async function provenEncoder(parts: ImageEncoderParts): Promise<ImageEncoder> {
  const encoder = createImageEncoder(parts);
  const grey = { width: 64, height: 64, channels: 3, background: '#808080' } as const;
  const picture = await sharp({ create: grey }).png().toBuffer();
  const embedder = await openImageEmbedder(encoder, { threads: 1 });
  try {
    await embedder.embed(picture);
    return encoder;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw unusable(`a grey picture does not go through it: ${why}`);
  } finally {
    await embedder.close();
  }
}
