import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBitSet, setBit } from '../../src/math/bit-set.js';
import { AcceptedNodes } from '../../src/vector/accepted-nodes.js';
import { NodeMembers } from '../../src/vector/node-members.js';
import { holdsNode } from '../../src/vector/node-set.js';

/** Documents by number, some of which hang on nodes that follow each other, some with another, some nowhere. */
const placed = fc.array(
  fc.oneof(
    { arbitrary: fc.constant('next'), weight: 60 },
    { arbitrary: fc.constantFrom('shared', 'nowhere'), weight: 1 },
  ),
  { minLength: 30, maxLength: 200 },
);
const changes = fc.array(fc.record({ document: fc.nat(199), join: fc.boolean() }), { maxLength: 6 });

function membersOf(kinds: readonly string[]): NodeMembers {
  const members = new NodeMembers([]);
  kinds.forEach((kind, document) => {
    const id = `d${document}`;
    if (kind === 'shared' && members.count > 0) members.join(id, members.count - 1);
    else if (kind !== 'nowhere') members.open(id);
  });
  return members;
}

it('are the nodes of the documents one by one, whatever runs they stand in and however that changes', () => {
  fc.assert(
    fc.property(placed, changes, fc.array(fc.nat(199)), fc.boolean(), (kinds, moves, left, grows) => {
      const members = membersOf(kinds);
      const nodes = new AcceptedNodes(members);
      let count = grows ? kinds.length - 20 : kinds.length;
      const list = {
        get documentCount() {
          return count;
        },
        idOf: (document: number) => `d${document}`,
        find: (id: string) => Number(id.slice(1)),
      };
      const check = (): void => {
        const bits = createBitSet(count);
        const accepted = Array.from({ length: count }, (_, document) => document).filter(each => !left.includes(each));
        for (const document of accepted) setBit(bits, document);
        const wanted = new Set(
          accepted.map(document => members.nodeOf(`d${document}`)).filter(node => node !== undefined),
        );
        const asked = { count: accepted.length, has: () => true, segments: [list], documents: [bits] };
        const found = nodes.nodesOf(asked);
        expect(found.count).toBe(wanted.size);
        for (let node = 0; node < members.count; node++) expect(holdsNode(found, node)).toBe(wanted.has(node));
      };
      check();
      check(); // from what is known now
      for (const { document, join } of moves) {
        const id = `d${document % kinds.length}`;
        members.leave(id);
        const other = members.nodeOf(`d${(document + 1) % kinds.length}`);
        if (join && other !== undefined) members.join(id, other);
        else members.open(id);
      }
      check();
      count = kinds.length;
      check();
    }),
    { numRuns: 300 },
  );
});
