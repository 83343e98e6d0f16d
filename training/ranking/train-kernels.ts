import {
  add,
  and,
  type Code,
  doubles2,
  i32,
  type KernelSource,
  load8,
  load32,
  load64,
  multiply,
  repeat,
  shiftLeft,
  shiftRight,
  store32,
  store64,
  subtract,
} from '../../src/math/wasm.js';

const lanes = ['a', 'b', 'c', 'd'];

/**
 * Adds gradient and hessian of `count` >= 1 members to the bins that the four bytes of their words name, each in its histogram: `a` to `d` are addresses of
 * bins 0. `column` is that of the words, `pairs` of two float32 a member; a bin is two doubles, so that one instruction adds both.
 */
const histogram: KernelSource = {
  parameters: ['column', 'members', 'pairs', 'count', ...lanes],
  locals: { four: 'i32', place: 'i32', pair: 'v128' },
  body: ({ get, set, step }) => {
    const byte = (lane: number): Code => and(shiftRight(get('four'), i32(8 * lane)), i32(255));
    return [
      repeat(
        [
          set('four', load32(add(get('column'), shiftLeft(load32(get('members')), i32(2))))),
          set('pair', doubles2.loadFloats(get('pairs'))),
          lanes.map((lane, i) => [
            set('place', add(get(lane), shiftLeft(byte(i), i32(4)))),
            doubles2.store(get('place'), doubles2.add(doubles2.load(get('place')), get('pair'))),
          ]),
          step('members', 4),
          step('pairs', 8),
          step('count', -1),
        ],
        get('count'),
      ),
    ];
  },
};

/**
 * Puts members that go left before those that go right, both in their order: the right ones first aside. `sides` has a byte for each bin, 1 = left.
 * Writes how many went left to `answer`.
 */
const part: KernelSource = {
  parameters: ['members', 'pairs', 'count', 'column', 'shift', 'sides', 'spareMembers', 'sparePairs', 'answer'],
  locals: { member: 'i32', isLeft: 'i32', left: 'i32', pair: 'i64', leftMembers: 'i32', leftPairs: 'i32' },
  body: ({ get, set, step }) => {
    const bin = and(shiftRight(load32(add(get('column'), shiftLeft(get('member'), i32(2)))), get('shift')), i32(255));
    const move = (place: string, by: Code): Code => set(place, add(get(place), by));
    const isRight = subtract(i32(1), get('isLeft'));
    return [
      set('leftMembers', get('members')),
      set('leftPairs', get('pairs')),
      repeat(
        [
          set('member', load32(get('members'))),
          set('pair', load64(get('pairs'))),
          set('isLeft', load8(add(get('sides'), bin))),
          // both are written and one counts: a branch that goes either way costs more
          store32(get('leftMembers'), get('member')),
          store64(get('leftPairs'), get('pair')),
          store32(get('spareMembers'), get('member')),
          store64(get('sparePairs'), get('pair')),
          move('left', get('isLeft')),
          move('leftMembers', multiply(get('isLeft'), i32(4))),
          move('leftPairs', multiply(get('isLeft'), i32(8))),
          move('spareMembers', multiply(isRight, i32(4))),
          move('sparePairs', multiply(isRight, i32(8))),
          step('members', 4),
          step('pairs', 8),
          step('count', -1),
        ],
        get('count'),
      ),
      store32(get('answer'), get('left')),
    ];
  },
};

export const trainKernels = { histogram, part };
