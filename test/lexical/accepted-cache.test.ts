import { expect, it } from 'vitest';
import { acceptedCache } from '../../src/lexical/accepted-cache.js';
import type { SegmentList } from '../../src/lexical/segment-list.js';

/** A cache over so many words of bits, each of which every filter accepts so. */
function cacheOver(words: number, bits: number) {
  let matched = 0;
  const segment = {
    documentCount: 32 * words,
    columns: {
      matching: () => {
        matched++;
        return new Uint32Array(words).fill(bits);
      },
    },
    living: (living: Uint32Array) => living,
  };
  const list = { all: [segment], stored: [], statistics: { version: 1 } } as unknown as SegmentList;
  const accepted = acceptedCache(list);
  const ask = (value: number) => accepted([{ terms: { field: 'tenant', values: [value] } }]);
  return { ask, matched: () => matched };
}

it('keeps sets by their bytes: what accepts nothing has a bit for each of eight million documents all the same', () => {
  const { ask, matched } = cacheOver(2 ** 18, 0);
  // 64 MiB hold fewer than 64 sets of one MiB
  for (let value = 0; value < 64; value++) ask(value);
  expect(matched()).toBe(64);
  ask(63);
  expect(matched()).toBe(64);
  ask(0);
  expect(matched()).toBe(65);
});

it('keeps them by the ids too that they may come to hold', () => {
  const { ask, matched } = cacheOver(2 ** 10, 2 ** 32 - 1);
  // 64 MiB hold fewer than 32 times 64 bytes for each of 32,768 documents
  for (let value = 0; value < 32; value++) ask(value);
  ask(31);
  expect(matched()).toBe(32);
  ask(0);
  expect(matched()).toBe(33);
});
