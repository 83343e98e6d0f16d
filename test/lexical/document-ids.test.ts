import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentIds, packPlainIds } from '../../src/lexical/document-ids.js';
import { packIds } from '../../src/lexical/packed-ids.js';

const inOrder = (ids: readonly string[]): number[] =>
  ids.map((_, doc) => doc).sort((a, b) => (ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : a - b));
const unitOf = (ids: readonly string[]): 1 | 2 => (ids.every(id => /^[\0-\xff]*$/.test(id)) ? 1 : 2);
const packed = (ids: readonly string[]): DocumentIds => {
  const unit = unitOf(ids);
  return new DocumentIds(ids.length, unit, () => packIds(ids, inOrder(ids), unit));
};

function expectIds(stored: DocumentIds, ids: readonly string[]): void {
  const order = inOrder(ids);
  ids.forEach((id, doc) => {
    expect(stored.id(doc)).toBe(id);
    expect([...stored.find(id)]).toEqual(order.filter(other => ids[other] === id));
    expect([...stored.find(`${id}x`)]).toEqual(order.filter(other => ids[other] === `${id}x`));
  });
  expect(order.map((_, rank) => stored.atRank(rank))).toEqual(order.map(doc => ids[doc]));
  expect(Array.from(order, doc => stored.rankOf[doc])).toEqual(order.map((_, rank) => rank));
}

const long = 'a-long-beginning-that-many-ids-share-'.repeat(3);
const id = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map(String),
  fc.integer({ min: 0, max: 50 }).map(n => `${long}${n}`),
  fc.string({ maxLength: 20 }),
);

describe('DocumentIds', () => {
  it('keeps what neighbours in their order share once', () => {
    const { frontIds, idBlocks } = packIds(['ab2', 'ab1'], [1, 0], 1);
    const letters = Array.from('ab12', letter => letter.charCodeAt(0));
    expect([...frontIds]).toEqual([3, letters[0], letters[1], letters[2], (2 << 4) | 1, letters[3]]);
    expect([...idBlocks]).toEqual([0]);
  });

  it('gives and finds every id, of Latin-1 and of other letters', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 70 }), fc.constantFrom('', 'ж', '鼠'), (some, letter) => {
        const ids = some.map(each => each + letter);
        expectIds(packed(ids), ids);
      }),
    );
  });

  it('does so over many blocks', () => {
    const ids = Array.from({ length: 1500 }, (_, i) => `${(i * 7919) % 1400}`);
    expectIds(packed(ids), ids);
    const longIds = ids.slice(0, 200).map(each => long + each);
    expectIds(packed(longIds), longIds);
  });

  it('reads the arrays of older segments', () => {
    const ids = Array.from({ length: 40 }, (_, i) => `d${(i * 7) % 33}é`);
    const ends = Uint32Array.from(ids, (_, doc) => ids.slice(0, doc + 1).join('').length);
    const plain = {
      ids: Uint8Array.from(Buffer.from(ids.join(''), 'latin1')),
      idEnds: ends,
      byId: Uint32Array.from(inOrder(ids)),
    };
    expectIds(new DocumentIds(ids.length, 1, () => packPlainIds(plain)), ids);
  });
});
