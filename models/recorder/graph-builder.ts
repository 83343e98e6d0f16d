import type { AttributeValue, ElementType, OnnxConstant, OnnxNode } from './onnx-proto.js';

export type TypedValues = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** Collects the nodes and constants of one recording, in the order in which they were computed. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  private readonly constantNames = new Map<string, string>();
  private count = 0;

  private fresh(prefix: string): string {
    return `${prefix}${this.count++}`;
  }

  /** Adds a node with one output. @returns the name of the output */
  node(op: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    return this.nodeWithOutputs(op, inputs, 1, attributes)[0];
  }

  /** Adds a node of onnxruntime's own operators (domain com.microsoft). */
  contribNode(op: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    const output = this.fresh('v');
    this.nodes.push({ op, domain: 'com.microsoft', inputs, outputs: [output], attributes });
    return output;
  }

  nodeWithOutputs(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, AttributeValue>,
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.fresh('v'));
    this.nodes.push({ op, domain: '', inputs, outputs: names, attributes });
    return names;
  }

  /** A constant tensor; equal constants of up to 64 bytes share one entry. */
  constant(dtype: ElementType, shape: readonly number[], values: TypedValues): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const key = bytes.length <= 64 ? `${dtype}:${shape.join()}:${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.constantNames.get(key);
    if (known !== undefined) return known;
    const name = this.fresh('c');
    this.constants.push({ name, dtype, shape, bytes: bytes.slice() });
    if (key !== undefined) this.constantNames.set(key, name);
    return name;
  }

  /** A vector of 64-bit integers, as shapes, axes and bounds are given to ONNX operators. */
  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A scalar of type float32. */
  float(value: number): string {
    return this.constant('float32', [], Float32Array.of(value));
  }
}
