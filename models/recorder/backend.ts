import type { backend_util, DataId, DataStorage, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { TandemError } from '../../src/errors/tandem-error.js';
import { GraphBuilder, type TypedValues } from './graph-builder.js';
import type { ElementType } from './onnx-proto.js';
import type { Tensor, Tf } from './tensorflow.js';

/** What stands behind a recorded tensor: a value of one graph by its name, or values that are known and become a constant of each graph that uses them. */
type Symbol = (
  | { readonly graph: GraphBuilder; readonly name: string }
  | { readonly values: backend_util.BackendValues }
) & { readonly shape: readonly number[]; readonly dtype: DataType };

export const backendName = 'tandem-recorder';

/** ONNX element type of a TensorFlow.js dtype. @throws TandemError 'recorder/unmapped-kernel' for strings and complex numbers */
export function elementType(dtype: DataType): ElementType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TandemError('recorder/unmapped-kernel', `tensors of dtype ${dtype} cannot be recorded`, { dtype });
}

function typedValues(values: backend_util.BackendValues, dtype: ElementType): TypedValues {
  const numbers = values as ArrayLike<number>;
  if (dtype === 'float32') return Float32Array.from(numbers);
  return dtype === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}

/**
 * A TensorFlow.js backend whose tensors are symbols: kernels append ONNX nodes to `graph` instead of computing.
 * One recording at a time; `begin` starts a fresh graph.
 */
export interface RecorderBackend extends KernelBackend {
  readonly graph: GraphBuilder;
  begin(): void;
  /** A tensor that is fed when the graph runs. */
  input(name: string, shape: readonly number[], dtype: DataType): Tensor;
  /** The name of a tensor's value in the graph; known values become a constant. @throws TandemError 'recorder/value-not-known' */
  nameOf(tensor: TensorInfo): string;
  /** The tensor that a node's output stands for. */
  output(name: string, shape: readonly number[], dtype: DataType): TensorInfo;
}

const notKnown = (why: string): TandemError => new TandemError('recorder/value-not-known', why);

/** Makes the backend; a function because its base class is loaded with TensorFlow.js, on first use. */
export function createRecorderBackend(tf: Tf): RecorderBackend {
  class Recorder extends tf.KernelBackend implements RecorderBackend {
    graph = new GraphBuilder();
    /** names, in the graph of now, of tensors whose values are known */
    private constants = new WeakMap<object, string>();
    private readonly symbols: DataStorage<Symbol> = new tf.DataStorage(this, tf.engine());

    begin(): void {
      this.graph = new GraphBuilder();
      this.constants = new WeakMap();
    }

    input(name: string, shape: readonly number[], dtype: DataType): Tensor {
      return tf.engine().makeTensorFromTensorInfo(this.output(name, shape, dtype));
    }

    output(name: string, shape: readonly number[], dtype: DataType): TensorInfo {
      const dataId = {};
      this.symbols.set(dataId, { graph: this.graph, name, shape, dtype });
      return { dataId, shape: [...shape], dtype };
    }

    nameOf(tensor: TensorInfo): string {
      const symbol = this.symbols.get(tensor.dataId);
      if ('values' in symbol) return this.constantOf(tensor.dataId, symbol.values, symbol.shape, symbol.dtype);
      if (symbol.graph === this.graph) return symbol.name;
      throw notKnown('a tensor of an earlier recording was used; its value is known only when that graph runs');
    }

    private constantOf(
      dataId: object,
      values: backend_util.BackendValues,
      shape: readonly number[],
      dtype: DataType,
    ): string {
      const known = this.constants.get(dataId);
      if (known !== undefined) return known;
      const type = elementType(dtype);
      const name = this.graph.constant(type, shape, typedValues(values, type));
      this.constants.set(dataId, name);
      return name;
    }

    override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): DataId {
      const dataId = {};
      this.symbols.set(dataId, { values, shape, dtype });
      return dataId;
    }

    override move(dataId: DataId, values: backend_util.BackendValues, shape: number[], dtype: DataType): void {
      this.symbols.set(dataId, { values, shape, dtype });
    }

    override readSync(dataId: object): backend_util.BackendValues {
      const symbol = this.symbols.get(dataId);
      if ('values' in symbol) return symbol.values;
      throw notKnown('a tensor was read while recording; its value is known only when the graph runs');
    }

    override async read(dataId: object): Promise<backend_util.BackendValues> {
      return this.readSync(dataId);
    }

    override numDataIds(): number {
      return this.symbols.numDataIds();
    }

    override disposeData(): boolean {
      return false;
    }

    override incRef(): void {}

    decRef(): void {}

    override refCount(): number {
      return 1;
    }

    override timerAvailable(): boolean {
      return false;
    }

    override floatPrecision(): 32 {
      return 32;
    }

    override epsilon(): number {
      return 1e-7;
    }

    override dispose(): void {}
  }
  return new Recorder();
}
