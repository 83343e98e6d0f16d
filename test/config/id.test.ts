import { describe, expect, it } from 'vitest';
import { idFault, idSchema, keySchema } from '../../src/config/id.js';

describe('an id', () => {
  it.each(['1', 'a', 'SKU-1/2_3', 'ü', '商品', '😀', 'x'.repeat(512), '"', '\u200b'])('may be %j', id => {
    expect(idFault(id)).toBeUndefined();
    expect(idSchema.parse(id)).toBe(id);
  });

  it.each([
    ['', /empty/],
    ['x'.repeat(513), /at most 512/],
    ['\ud800', /surrogate/],
    ['a\udc00b', /surrogate/],
    [' a', /white space around/],
    ['a\t', /white space around/],
    ['\u00a0a', /white space around/],
    ['a b', /white space in an id, by which TREC/],
    ['a\u2003b', /white space in/],
    ['a\u2028b', /white space in/],
    ['a\u0000b', /control/],
    ['a\u001cb', /control/],
    ['a\u0085b', /control/],
    ['\u0085a', /control/],
  ])('is not %j', (id, reason) => {
    expect(idFault(id)).toMatch(reason);
    expect(idSchema.safeParse(id).success).toBe(false);
  });

  it('may be a whole number that is exact', () => {
    expect([7, -7, 0, -0, 2 ** 53 - 1].map(id => idSchema.parse(id))).toEqual([
      '7',
      '-7',
      '0',
      '0',
      '9007199254740991',
    ]);
    for (const id of [2 ** 53, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21])
      expect(idSchema.safeParse(id).success).toBe(false);
  });

  it('of a session may hold white space: it stands in no other file', () => {
    expect([keySchema.parse('a b '), keySchema.parse(7)]).toEqual(['a b ', '7']);
    expect(keySchema.safeParse('').success).toBe(false);
  });
});
