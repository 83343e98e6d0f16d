import type { Compute, Given, Values } from '../parity.js';

/** One use of a kernel: the kernel that it must reach, what is fed, and the operation that calls it. */
export interface KernelCase {
  readonly kernel: string;
  readonly about: string;
  readonly inputs: Given;
  readonly compute: Compute;
}

const describeValues = ({ dtype, shape }: Values): string => `${dtype}[${shape.join()}]`;

export const kernelCase = (kernel: string, inputs: Given, compute: Compute, note = ''): KernelCase => ({
  kernel,
  about: [...Object.values(inputs).map(describeValues), ...(note ? [note] : [])].join(' '),
  inputs,
  compute,
});

/** Many cases as one computation, so that they share one native graph: the inputs of case 3 are `3.x`, `3.y`, ... */
export function together(cases: readonly KernelCase[]): { readonly inputs: Given; readonly compute: Compute } {
  const inputs = cases.flatMap(({ inputs: own }, i) =>
    Object.entries(own).map(([name, values]) => [`${i}.${name}`, values] as const),
  );
  return {
    inputs: Object.fromEntries(inputs),
    compute: (tf, tensors) =>
      cases.flatMap(({ inputs: own, compute }, i) =>
        compute(tf, Object.fromEntries(Object.keys(own).map(name => [name, tensors[`${i}.${name}`]]))),
      ),
  };
}
