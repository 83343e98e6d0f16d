import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { encodeModel, type OnnxConstant, type OnnxNode } from '../recorder/onnx-proto.js';

/** The part of a TensorFlow.js graph model (model.json) that the trunk of a convolutional network is read from. */
const graphModelSchema = z.looseObject({
  modelTopology: z.looseObject({
    node: z.array(
      z.looseObject({
        name: z.string(),
        op: z.string(),
        input: z.array(z.string()).default([]),
        attr: z.record(z.string(), z.unknown()).default({}),
      }),
    ),
  }),
  weightsManifest: z.array(
    z.looseObject({
      weights: z.array(
        z.looseObject({
          name: z.string(),
          shape: z.array(z.int().min(1)),
          dtype: z.string(),
          quantization: z.looseObject({ min: z.number(), scale: z.number(), dtype: z.literal('uint8') }).optional(),
        }),
      ),
    }),
  ),
});

type GraphModel = z.infer<typeof graphModelSchema>;
type GraphNode = GraphModel['modelTopology']['node'][number];

const stringList = z.object({ list: z.object({ s: z.array(z.string()).default([]) }) });
const numberList = z.object({ list: z.object({ i: z.array(z.coerce.number()) }) });
const oneString = z.object({ s: z.string() });

interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const unusable = (why: string): TandemError => new TandemError('model/unsupported-image-encoder', why);

export interface TrunkOptions {
  /** pixels, width and height of a picture */
  readonly size: number;
  /** the last node that is kept, by the end of its name */
  readonly until: string;
  /** the places that it gives are averaged in squares of so many by so many */
  readonly pool: number;
}

/**
 * The first part of a TensorFlow.js graph model as an ONNX model: `image` float32 [n, size, size, 3] -> `vector` [n, W], where W is the
 * number of channels times the squares that a picture has. Only what MobileNets are made of is converted.
 * @param json     model.json, parsed
 * @param weights  its weight files, one behind the other
 * @throws TandemError 'model/unsupported-image-encoder'
 */
export function convertTrunk(json: unknown, weights: Uint8Array, { size, until, pool }: TrunkOptions): Uint8Array {
  const parsed = graphModelSchema.safeParse(json);
  if (!parsed.success) throw unusable(`no TensorFlow.js graph model: ${parsed.error.issues[0].message}`);
  const { node: graphNodes } = parsed.data.modelTopology;
  const last = graphNodes.findIndex(({ name }) => name.endsWith(until));
  if (last < 0) throw unusable(`it has no node ${until}`);
  const trunk: Trunk = {
    weights: readWeights(parsed.data, weights),
    nodes: [node('Transpose', ['image'], 'pixels', { perm: [0, 3, 1, 2] })],
    constants: new Map(),
    places: new Map(),
  };
  for (const graphNode of graphNodes.slice(0, last + 1)) addNode(trunk, graphNode, size);
  return finish(trunk, graphNodes[last].name, size, pool);
}

/** Weights of a byte each are min + scale * byte. */
function readWeights({ weightsManifest }: GraphModel, bytes: Uint8Array): ReadonlyMap<string, Weight> {
  const found = new Map<string, Weight>();
  let at = 0;
  for (const { name, shape, dtype, quantization } of weightsManifest.flatMap(({ weights }) => weights)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const size = quantization === undefined ? 4 * count : count;
    const part = bytes.slice(at, at + size);
    if (part.length < size) throw unusable(`its weights are cut short at ${name}`);
    at += size;
    if (quantization !== undefined) {
      const { min, scale } = quantization;
      found.set(name, { shape, values: Float32Array.from(part, byte => min + scale * byte) });
    } else if (dtype === 'float32') {
      found.set(name, { shape, values: new Float32Array(part.buffer) });
    }
  }
  return found;
}

/** An array with its axes in another order. @param axes  by new axis: the old one */
export function transposed({ shape, values }: Weight, axes: readonly number[]): Weight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map(axis => shape[axis]);
  const index = axes.map(() => 0);
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = values[index.reduce((sum, position, d) => sum + position * strides[axes[d]], 0)];
    for (let d = axes.length - 1; d >= 0 && ++index[d] === sizes[d]; d--) index[d] = 0;
  }
  return { shape: sizes, values: out };
}

const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode => ({ op, domain: '', inputs, outputs: [output], attributes });

/** What a node gives: pictures [n, channels, size, size] under a name of ours. */
interface Places {
  readonly value: string;
  readonly channels: number;
  readonly size: number;
}

interface Trunk {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly nodes: OnnxNode[];
  readonly constants: Map<string, OnnxConstant>;
  /** by the name of a node */
  readonly places: Map<string, Places>;
}

function addConstant({ constants }: Trunk, name: string, { shape, values }: Weight): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  constants.set(name, { name, dtype: 'float32', shape, bytes });
  return name;
}

function weightOf({ weights }: Trunk, name: string): Weight {
  const found = weights.get(name);
  if (found === undefined) throw unusable(`it has no weights ${name}`);
  return found;
}

function placesOf({ places }: Trunk, name: string): Places {
  const found = places.get(name);
  if (found === undefined) throw unusable(`${name}: nothing gives it`);
  return found;
}

function addNode(trunk: Trunk, graphNode: GraphNode, size: number): void {
  const { name, op } = graphNode;
  if (op === 'Const') return;
  if (op === 'Placeholder') trunk.places.set(name, { value: 'pixels', channels: 3, size });
  else if (op === '_FusedConv2D' || op === 'FusedDepthwiseConv2dNative') addConvolution(trunk, graphNode);
  else if (op === 'AddV2') addArithmetic(trunk, 'Add', graphNode);
  else if (op === 'Mul' || op === 'Sub') addArithmetic(trunk, op, graphNode);
  else throw unusable(`${name}: the operation ${op} is not converted`);
}

/** A convolution with its bias and, where it has one, ReLU6. Filters lie as [h, w, in, out], or [h, w, channels, 1] where each has its own. */
function addConvolution(trunk: Trunk, { name, op, input, attr }: GraphNode): void {
  const [picture, filters, bias] = input;
  const { value, channels, size } = placesOf(trunk, picture);
  const kernel = weightOf(trunk, filters);
  const [height, width, , outputs] = kernel.shape;
  const ownEach = op === 'FusedDepthwiseConv2dNative';
  const [, stride] = numberList.parse(attr.strides).list.i;
  const fused = stringList.parse(attr.fused_ops).list.s.map(decoded).join();
  const padding = decoded(oneString.parse(attr.padding).s);
  if (padding !== 'SAME' || !/^BiasAdd(,Relu6)?$/.test(fused) || (ownEach && outputs !== 1))
    throw unusable(`${name}: a convolution with ${padding} and ${fused} is not converted`);
  const clipped = fused.endsWith('Relu6');
  trunk.nodes.push(
    node(
      'Conv',
      [
        value,
        addConstant(trunk, filters, transposed(kernel, ownEach ? [2, 3, 0, 1] : [3, 2, 0, 1])),
        addConstant(trunk, bias, weightOf(trunk, bias)),
      ],
      clipped ? `${name} before` : name,
      {
        kernel_shape: [height, width],
        strides: [stride, stride],
        auto_pad: 'SAME_UPPER',
        group: ownEach ? channels : 1,
      },
    ),
  );
  if (clipped) trunk.nodes.push(node('Clip', [`${name} before`, number(trunk, 0), number(trunk, 6)], name));
  trunk.places.set(name, { value: name, channels: ownEach ? channels : outputs, size: Math.ceil(size / stride) });
}

const number = (trunk: Trunk, value: number): string =>
  addConstant(trunk, `number ${value}`, { shape: [], values: Float32Array.of(value) });

/** Between two pictures, or a picture and weights. */
function addArithmetic(trunk: Trunk, op: string, { name, input: [left, right] }: GraphNode): void {
  const operand = (of: string): string => trunk.places.get(of)?.value ?? addConstant(trunk, of, weightOf(trunk, of));
  trunk.nodes.push(node(op, [operand(left), operand(right)], name));
  trunk.places.set(name, { ...placesOf(trunk, trunk.places.has(left) ? left : right), value: name });
}

function finish(trunk: Trunk, last: string, size: number, pool: number): Uint8Array {
  const { value, channels, size: places } = placesOf(trunk, last);
  const squares = Math.floor(places / pool);
  const attributes = { kernel_shape: [pool, pool], strides: [pool, pool] };
  trunk.nodes.push(node('AveragePool', [value], 'squares', attributes), node('Flatten', ['squares'], 'vector'));
  return encodeModel({
    nodes: trunk.nodes,
    constants: [...trunk.constants.values()],
    inputs: [{ name: 'image', dtype: 'float32', shape: ['n', size, size, 3] }],
    outputs: [{ name: 'vector', dtype: 'float32', shape: ['n', channels * squares * squares] }],
  });
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');
