import protobuf from 'protobufjs';
import { TandemError } from '../../src/errors/tandem-error.js';

/**
 * The part of onnx.proto3 that recorded graphs use; field numbers as in the ONNX specification (onnx/onnx.proto, IR version 9).
 */
const onnxProto = `
syntax = "proto3";
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated float floats = 7 [packed = false]; repeated int64 ints = 8 [packed = false]; int32 type = 20;
}
message TensorProto { repeated int64 dims = 1 [packed = false]; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
message TensorShapeProto { repeated Dimension dim = 1; }
message TensorTypeProto { int32 elem_type = 1; TensorShapeProto shape = 2; }
message TypeProto { TensorTypeProto tensor_type = 1; }
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated AttributeProto attribute = 5; string domain = 7;
}
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5; repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message StringStringEntryProto { string key = 1; string value = 2; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; repeated StringStringEntryProto metadata_props = 14;
}
`;

export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';

/** TensorProto.DataType */
export const elementTypeCode: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

export type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** A size that is known, or the name of one that is given when the graph runs. */
export type Dimension = number | string;

export interface OnnxNode {
  readonly op: string;
  readonly domain: '' | 'com.microsoft';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxConstant {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

function encodeAttribute(name: string, value: AttributeValue): Record<string, unknown> {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  return { name, ints: [...value], type: 7 };
}

const encodeValue = ({ name, dtype, shape }: OnnxValue): Record<string, unknown> => ({
  name,
  type: {
    tensorType: {
      elemType: elementTypeCode[dtype],
      shape: { dim: shape.map(d => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
    },
  },
});

/** Protocol buffers count bytes in 32 bits with a sign; what is not a constant is far smaller than the margin. */
const largestModel = 2 ** 31 - 2 ** 24;

function checkSize({ constants }: OnnxGraph): void {
  const bytes = constants.reduce((sum, constant) => sum + constant.bytes.length, 0);
  if (bytes <= largestModel) return;
  throw new TandemError('model/too-large', `a graph with ${bytes} bytes of constants does not fit an ONNX file`, {
    bytes,
  });
}

/**
 * The constants of an ONNX model that encodeModel wrote.
 * @throws TandemError 'model/damaged'
 */
export function decodeConstants(model: Uint8Array): OnnxConstant[] {
  const { graph } = decodeModel(model);
  const dtypes = new Map(Object.entries(elementTypeCode).map(([dtype, code]) => [code, dtype as ElementType]));
  return graph.initializer.map(({ name, dataType, dims, rawData }) => ({
    name,
    dtype: dtypes.get(dataType)!,
    shape: dims,
    bytes: rawData,
  }));
}

interface StoredTensor {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly rawData: Uint8Array;
}

interface StoredNode {
  readonly opType: string;
  /** absent for that of ONNX itself */
  readonly domain?: string;
  readonly input: readonly string[];
}

/** The part of a decoded model that is read; the rest of it is there too. */
interface DecodedModel {
  readonly graph: { readonly node: readonly StoredNode[]; readonly initializer: readonly StoredTensor[] };
}

function decodeModel(model: Uint8Array): DecodedModel {
  const modelProto = protobuf.parse(onnxProto).root.lookupType('ModelProto');
  try {
    const decoded: Partial<DecodedModel> = modelProto.toObject(modelProto.decode(model), {
      longs: Number,
      arrays: true,
    });
    if (decoded.graph !== undefined) return { ...decoded, graph: decoded.graph };
  } catch (cause) {
    throw new TandemError('model/damaged', 'not an ONNX model', {}, { cause });
  }
  throw new TandemError('model/damaged', 'an ONNX model without a graph');
}

/** TensorProto.DataType INT8 */
const int8Code = 3;
/**
 * Largest value of a matrix in 8 bits. Processors without VNNI add products of two pairs in 16 bits, up to 2 * 255 * 63 here: twice that does not fit, and is cut off
 * without a word.
 */
const mostLevel = 63;
/** A smaller matrix costs little, and has few numbers to hide rounding among. */
const leastValues = 4096;

/**
 * The same model with the matrices that it multiplies by in 8 bits: each column by its own scale, what they are multiplied with by one scale of the moment (DynamicQuantizeMatMul
 * of onnxruntime).
 * @returns the model, and how many matrices that were
 * @throws TandemError 'model/damaged'
 */
export function quantizeModel(model: Uint8Array): { readonly model: Uint8Array; readonly matrices: number } {
  const { graph, ...rest } = decodeModel(model);
  const isMatrix = ({ dataType, dims, rawData }: StoredTensor): boolean =>
    dataType === elementTypeCode.float32 && dims.length === 2 && rawData.length / 4 >= leastValues;
  const matrices = new Set(graph.initializer.filter(isMatrix).map(({ name }) => name));
  const isProduct = ({ opType, domain = '', input }: StoredNode): boolean =>
    opType === 'MatMul' && domain === '' && matrices.has(input[1]);
  const products = new Set(graph.node.filter(isProduct));
  const rounded = new Set([...products].map(({ input }) => input[1]));
  // what is read by something else too stays as it is
  for (const node of graph.node)
    node.input.forEach((name, i) => {
      if (i !== 1 || !products.has(node)) rounded.delete(name);
    });
  const quantized = {
    ...rest,
    graph: {
      ...graph,
      node: graph.node.map(node =>
        products.has(node) && rounded.has(node.input[1])
          ? {
              ...node,
              opType: 'DynamicQuantizeMatMul',
              domain: 'com.microsoft',
              input: [...node.input, `${node.input[1]}.scale`],
            }
          : node,
      ),
      initializer: graph.initializer.flatMap(tensor => (rounded.has(tensor.name) ? quantizeTensor(tensor) : [tensor])),
    },
  };
  const modelProto = protobuf.parse(onnxProto).root.lookupType('ModelProto');
  return { model: modelProto.encode(modelProto.fromObject(quantized)).finish(), matrices: rounded.size };
}

/** [K, N] float32 -> the same in int8, and the scale of each column. */
function quantizeTensor({ name, dims, rawData }: StoredTensor): StoredTensor[] {
  const [rows, columns] = dims;
  const values = new Float32Array(Uint8Array.from(rawData).buffer);
  const scales = new Float32Array(columns);
  for (const [i, value] of values.entries())
    scales[i % columns] = Math.max(scales[i % columns], Math.abs(value) / mostLevel);
  const rounded = Int8Array.from(values, (value, i) =>
    scales[i % columns] === 0 ? 0 : Math.round(value / scales[i % columns]),
  );
  return [
    { name, dataType: int8Code, dims: [rows, columns], rawData: new Uint8Array(rounded.buffer) },
    {
      name: `${name}.scale`,
      dataType: elementTypeCode.float32,
      dims: [columns],
      rawData: new Uint8Array(scales.buffer),
    },
  ];
}

/** Serialises a graph as an ONNX model: opset 20, contrib operators of onnxruntime under com.microsoft. @throws TandemError 'model/too-large' */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  checkSize(graph);
  const modelProto = protobuf.parse(onnxProto).root.lookupType('ModelProto');
  const message = modelProto.create({
    irVersion: 9,
    producerName: 'tandem',
    opsetImport: [
      { domain: '', version: 20 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'tandem',
      node: graph.nodes.map(node => ({
        opType: node.op,
        domain: node.domain,
        input: [...node.inputs],
        output: [...node.outputs],
        attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(name, value)),
      })),
      initializer: graph.constants.map(({ name, dtype, shape, bytes }) => ({
        name,
        dataType: elementTypeCode[dtype],
        dims: [...shape],
        rawData: bytes,
      })),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
  });
  return modelProto.encode(message).finish();
}
