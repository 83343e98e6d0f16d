import type { backend_util, DataId, DataStorage, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { TandemError } from '../../src/errors/tandem-error.js';
import { GraphBuilder, type TypedValues } from './graph-builder.js';
import type { ElementType } from './onnx-proto.js';
import type { Tensor, Tf } from './tensorflow.js';

/** What stands behind a recorded tensor: the name of a value of the graph, or known values that become a constant when first used. */
interface Symbol {
  name?: string;
  readonly values?: backend_util.BackendValues;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

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
  /** The name of a tensor's value in the graph; known values become a constant. */
  nameOf(tensor: TensorInfo): string;
  /** The tensor that a node's output stands for. */
  output(name: string, shape: readonly number[], dtype: DataType): TensorInfo;
  /** Values of a tensor that are known while recording. @throws TandemError 'recorder/value-not-known' */
  knownValues(tensor: TensorInfo): backend_util.BackendValues;
}

/** Makes the backend; a function because its base class is loaded with TensorFlow.js, on first use. */
export function createRecorderBackend(tf: Tf): RecorderBackend {
  class Recorder extends tf.KernelBackend implements RecorderBackend {
    graph = new GraphBuilder();
    private readonly symbols: DataStorage<Symbol> = new tf.DataStorage(this, tf.engine());

    begin(): void {
      this.graph = new GraphBuilder();
    }

    input(name: string, shape: readonly number[], dtype: DataType): Tensor {
      return tf.engine().makeTensorFromTensorInfo(this.output(name, shape, dtype));
    }

    output(name: string, shape: readonly number[], dtype: DataType): TensorInfo {
      const dataId = {};
      this.symbols.set(dataId, { name, shape, dtype });
      return { dataId, shape: [...shape], dtype };
    }

    nameOf(tensor: TensorInfo): string {
      const symbol = this.symbols.get(tensor.dataId);
      if (symbol.name === undefined) {
        const dtype = elementType(symbol.dtype);
        symbol.name = this.graph.constant(dtype, symbol.shape, typedValues(this.knownValues(tensor), dtype));
        return symbol.name;
      }
      return symbol.name;
    }

    knownValues(tensor: TensorInfo): backend_util.BackendValues {
      return this.readSync(tensor.dataId);
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
      const { values } = this.symbols.get(dataId);
      if (values !== undefined) return values;
      throw new TandemError(
        'recorder/value-not-known',
        'a tensor was read while recording; its value is known only when the graph runs',
      );
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
