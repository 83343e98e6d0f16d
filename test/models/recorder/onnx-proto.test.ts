import { expect, it } from 'vitest';
import { decodeConstants, encodeModel, type OnnxConstant } from '../../../models/recorder/onnx-proto.js';

const constants: OnnxConstant[] = [
  { name: 'weight', dtype: 'float32', shape: [2, 1], bytes: new Uint8Array(Float32Array.of(1.5, -2).buffer) },
  { name: 'axes', dtype: 'int64', shape: [1], bytes: new Uint8Array(BigInt64Array.of(3n).buffer) },
  { name: 'scalar', dtype: 'float32', shape: [], bytes: new Uint8Array(Float32Array.of(7).buffer) },
];

it('decodes the constants that it encoded', () => {
  const model = encodeModel({ nodes: [], constants, inputs: [], outputs: [] });
  const decoded = decodeConstants(model).map(constant => ({ ...constant, bytes: Uint8Array.from(constant.bytes) }));
  expect(decoded).toEqual(constants);
});

it.each([[[]], [[0xff, 0xff, 0xff]]])('refuses bytes that are no model: %j', bytes => {
  expect(() => decodeConstants(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'model/damaged' }));
});
