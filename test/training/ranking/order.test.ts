import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortByScore } from '../../../training/ranking/order.js';

it('sorts a range by falling score and rising row, whatever stood there before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 }),
      fc.nat(20),
      fc.integer({ min: 0, max: 2 ** 31 }),
      (values, before, seed) => {
        const scores = Float64Array.from(values);
        const rows = values.map((_, row) => row);
        const shuffled = [...rows].sort((a, b) => ((a * seed) % 97) - ((b * seed) % 97));
        const from = Math.min(before, values.length);
        const range = shuffled.slice(from);
        const order = Uint32Array.from([...shuffled.slice(0, from), ...range]);
        sortByScore(order, from, order.length, scores, new Uint32Array(order.length));
        expect([...order.subarray(from)]).toEqual(range.sort((a, b) => scores[b] - scores[a] || a - b));
        expect([...order.subarray(0, from)]).toEqual(shuffled.slice(0, from));
      },
    ),
  );
});
