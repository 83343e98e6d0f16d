import { expect, it } from 'vitest';
import { acceptedCache } from '../../src/lexical/accepted-cache.js';
import type { SegmentList } from '../../src/lexical/segment-list.js';

/** Eight million documents, of which every filter accepts none: a set has a bit for each all the same. */
const words = 2 ** 18;

it('keeps sets by their bytes: what accepts nothing is as large as what accepts all', () => {
  let matched = 0;
  const segment = {
    documentCount: 32 * words,
    columns: {
      matching: () => {
        matched++;
        return new Uint32Array(words);
      },
    },
    living: (bits: Uint32Array) => bits,
  };
  const list = { all: [segment], stored: [], statistics: { version: 1 } } as unknown as SegmentList;
  const accepted = acceptedCache(list);
  const ask = (value: number) => accepted([{ terms: { field: 'tenant', values: [value] } }]);
  // 64 MiB hold fewer than 64 sets of one MiB
  for (let value = 0; value < 64; value++) ask(value);
  expect(matched).toBe(64);
  ask(63);
  expect(matched).toBe(64);
  ask(0);
  expect(matched).toBe(65);
});
