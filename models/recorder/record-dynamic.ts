import { TandemError } from '../../src/errors/tandem-error.js';
import type { Dimension, OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from './onnx-proto.js';
import { type InputSpec, type RecordedFunction, record } from './record.js';

/** Sizes that are left open in a dynamic recording, by name. */
export type OpenSizes = Readonly<Record<string, number>>;

/** A recording at given sizes. */
export type SizedRecording = (sizes: OpenSizes) => {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly compute: RecordedFunction;
};

/** coefficient times a product of open sizes */
interface Monomial {
  readonly coefficient: number;
  readonly sizes: readonly string[];
}

/** Primes far above any width: a size that turns up in a shape can be told from a constant. */
const primes = [
  10_007, 10_009, 10_037, 10_039, 10_061, 10_067, 10_069, 10_079, 10_091, 10_093, 10_099, 10_103, 10_111, 10_133,
  10_139, 10_141,
];

const integersOf = (constant: OnnxConstant): number[] =>
  Array.from(new BigInt64Array(constant.bytes.slice().buffer), Number);

/**
 * Records a function whose batch size, or sequence length, stays open. It is recorded once at a base size and once more for each
 * open size changed alone; integers that differ between the recordings are shapes, and become computed ones.
 * @param names  the open sizes, at most 8
 * @returns a graph whose inputs and outputs have symbolic dimensions, an ordinary ONNX file
 * @throws TandemError 'recorder/value-not-known' where the recordings differ in more than sizes
 */
export function recordDynamic(names: readonly string[], recording: SizedRecording): OnnxGraph {
  const baseSizes = Object.fromEntries(names.map((name, i) => [name, primes[2 * i]]));
  const at = (sizes: OpenSizes): OnnxGraph => {
    const { inputs, compute } = recording(sizes);
    return record(inputs, compute);
  };
  const base = at(baseSizes);
  const others = names.map((name, i) => at({ ...baseSizes, [name]: primes[2 * i + 1] }));
  for (const other of others) checkSameStructure(base, other);

  const monomial = (values: readonly number[]): Monomial => {
    let [coefficient] = values;
    const sizes: string[] = [];
    names.forEach((name, i) => {
      const [from, to] = [primes[2 * i], primes[2 * i + 1]];
      if (values[i + 1] === values[0]) return;
      if (values[i + 1] * from !== values[0] * to) throw notASize();
      coefficient /= from;
      sizes.push(name);
    });
    if (!Number.isInteger(coefficient)) throw notASize();
    return { coefficient, sizes };
  };
  const dimensions = (values: readonly OnnxValue[], pick: (graph: OnnxGraph) => readonly OnnxValue[]): OnnxValue[] =>
    values.map((value, v) => ({
      ...value,
      shape: value.shape.map((size, axis): Dimension => {
        const { coefficient, sizes } = monomial([size as number, ...others.map(o => pick(o)[v].shape[axis] as number)]);
        return sizes.length === 0 ? coefficient : [...(coefficient === 1 ? [] : [coefficient]), ...sizes].join('*');
      }),
    }));
  const inputs = dimensions(base.inputs, graph => graph.inputs);
  const outputs = dimensions(base.outputs, graph => graph.outputs);
  const open = openConstants(base, others, monomial);
  return { inputs, outputs, ...computeShapes(base, open, inputs) };
}

const notASize = (): TandemError =>
  new TandemError(
    'recorder/value-not-known',
    'the computation depends on a size that is left open in another way than through shapes',
  );

function checkSameStructure(a: OnnxGraph, b: OnnxGraph): void {
  const shape = (graph: OnnxGraph): string =>
    JSON.stringify([graph.nodes, graph.constants.map(c => [c.name, c.dtype, c.shape])]);
  if (shape(a) !== shape(b)) throw notASize();
}

/** Constants that differ between the recordings, each entry as a monomial of the open sizes. */
function openConstants(
  base: OnnxGraph,
  others: readonly OnnxGraph[],
  monomial: (values: readonly number[]) => Monomial,
): Map<string, Monomial[]> {
  const open = new Map<string, Monomial[]>();
  base.constants.forEach((constant, c) => {
    const twins = others.map(other => other.constants[c]);
    if (twins.every(twin => Buffer.compare(twin.bytes, constant.bytes) === 0)) return;
    if (constant.dtype !== 'int64') throw notASize();
    const columns = [constant, ...twins].map(integersOf);
    open.set(
      constant.name,
      columns[0].map((_, i) => monomial(columns.map(column => column[i]))),
    );
  });
  return open;
}

/** Replaces the open constants by nodes that compute them from the shapes of the inputs. */
function computeShapes(
  base: OnnxGraph,
  open: ReadonlyMap<string, readonly Monomial[]>,
  inputs: readonly OnnxValue[],
): { nodes: OnnxNode[]; constants: OnnxConstant[] } {
  const constants = base.constants.filter(({ name }) => !open.has(name));
  const nodes: OnnxNode[] = [];
  const made = new Set<string>();
  const emit = (op: string, from: readonly string[], name: string, attributes: OnnxNode['attributes'] = {}): string => {
    nodes.push({ op, domain: '', inputs: from, outputs: [name], attributes });
    return name;
  };
  const once = (name: string, make: () => void): string => {
    if (!made.has(name)) {
      made.add(name);
      make();
    }
    return name;
  };
  const integer = (value: number): string =>
    once(`size.${value}`, () =>
      constants.push({
        name: `size.${value}`,
        dtype: 'int64',
        shape: [1],
        bytes: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer),
      }),
    );
  const size = (name: string): string =>
    once(`size.${name}`, () => {
      const input = inputs.find(({ shape }) => shape.includes(name));
      if (input === undefined) throw notASize();
      const axis = input.shape.indexOf(name);
      emit('Shape', [input.name], `size.${name}`, { start: axis, end: axis + 1 });
    });
  const entry = ({ coefficient, sizes }: Monomial): string => {
    const factors = [...(coefficient === 1 && sizes.length > 0 ? [] : [integer(coefficient)]), ...sizes.map(size)];
    return factors.reduce((product, factor) => {
      const name = `${product}*${factor}`;
      return once(name, () => emit('Mul', [product, factor], name));
    });
  };
  const otherUses = new Set(
    base.nodes.flatMap(({ op, inputs: used }) => used.filter((_, i) => op !== 'Reshape' || i !== 1)),
  );
  for (const [name, entries] of open) {
    // One open entry of a reshape can be left to the runtime; other operators that share the constant need it whole.
    const free = otherUses.has(name) ? -1 : entries.findIndex(e => e.sizes.length > 0 && e.coefficient >= 1);
    const parts = entries.map((e, i) => (i === free ? integer(-1) : entry(e)));
    emit('Concat', parts, name, { axis: 0 });
  }
  return { nodes: [...nodes, ...base.nodes], constants };
}
