import {
  add,
  bytes16,
  type Code,
  f64,
  i32,
  isBelow,
  type KernelSource,
  load8,
  load32,
  multiply,
  or,
  repeat,
  shiftLeft,
  shiftRight,
  store8,
  subtract,
  when,
} from '../../math/wasm.js';

/** Rows that are scored at a time: a plane has a byte for each. */
export const blockRows = 256;

/** Numbers of a node in the program, 4 bytes each: addresses of its plane, of both sides and of its result, and what else `walk` says. */
export const nodeWords = 7;
/** Numbers of a tree: its nodes, the address of its leaves' values, and that of the plane with the leaf of each row. */
export const treeWords = 3;

/**
 * For each row the number of thresholds below its value, a byte: by binary search without a branch. What is missing has 0 in one plane and 255 in the other.
 * `thresholds` has `count` >= 1 doubles, ascending.
 */
const rank: KernelSource = {
  parameters: ['column', 'rows', 'thresholds', 'count', 'leftPlane', 'rightPlane'],
  locals: { value: 'f64', left: 'i32', half: 'i32', at: 'i32', place: 'i32' },
  body: ({ get, set, step }) => {
    // whether the double `index` places behind `at` is below the value
    const isAbove = (index: Code): Code =>
      f64.isBelow(f64.load(add(get('at'), shiftLeft(index, i32(3)))), get('value'));
    return [
      repeat(
        [
          set('value', f64.load(get('column'))),
          set('at', get('thresholds')),
          set('left', get('count')),
          repeat(
            [
              set('half', shiftRight(get('left'), i32(1))),
              // of one threshold that is left, `half` is 0 and nothing moves
              set('place', multiply(isAbove(subtract(get('half'), isBelow(i32(0), get('half')))), get('half'))),
              set('at', add(get('at'), shiftLeft(get('place'), i32(3)))),
              set('left', subtract(get('left'), get('half'))),
            ],
            isBelow(i32(1), get('left')),
          ),
          set('place', add(shiftRight(subtract(get('at'), get('thresholds')), i32(3)), isAbove(i32(0)))),
          store8(get('leftPlane'), get('place')),
          store8(get('rightPlane'), or(get('place'), multiply(f64.differs(get('value'), get('value')), i32(255)))),
          step('leftPlane', 1),
          step('rightPlane', 1),
          step('column', 8),
          step('rows', -1),
        ],
        get('rows'),
      ),
    ];
  },
};

/**
 * For each tree the leaf of each row, from its nodes upwards: at a node, the leaf of its right side where the row's byte in the plane is above the node's
 * number, else that of its left side; 16 rows at once. A side is a plane too; that of a leaf is 16 bytes that all have its number, with a stride of 0.
 * Nodes of a tree stand in the program from the last to the root. Then the leaves' values are added to the scores, tree by tree.
 */
const walk: KernelSource = {
  parameters: ['program', 'trees', 'count', 'vectors', 'rows', 'scores'],
  locals: {
    nodes: 'i32',
    plane: 'i32',
    bound: 'v128',
    left: 'i32',
    leftStride: 'i32',
    right: 'i32',
    rightStride: 'i32',
    out: 'i32',
    rest: 'i32',
    values: 'i32',
    score: 'i32',
  },
  body: ({ get, set, step }) => {
    const word = (from: string, at: number): Code => load32(get(from), 4 * at);
    return [
      repeat(
        [
          set('nodes', word('trees', 0)),
          set('values', word('trees', 1)),
          // a tree of one leaf has no nodes: the loop below would run once
          when(
            get('nodes'),
            repeat(
              [
                set('plane', word('program', 0)),
                set('bound', bytes16.splat(word('program', 1))),
                set('left', word('program', 2)),
                set('leftStride', word('program', 3)),
                set('right', word('program', 4)),
                set('rightStride', word('program', 5)),
                set('out', word('program', 6)),
                set('rest', get('vectors')),
                repeat(
                  [
                    bytes16.store(
                      get('out'),
                      bytes16.select(
                        bytes16.load(get('right')),
                        bytes16.load(get('left')),
                        bytes16.isAbove(bytes16.load(get('plane')), get('bound')),
                      ),
                    ),
                    set('left', add(get('left'), get('leftStride'))),
                    set('right', add(get('right'), get('rightStride'))),
                    step('plane', 16),
                    step('out', 16),
                    step('rest', -1),
                  ],
                  get('rest'),
                ),
                step('program', 4 * nodeWords),
                step('nodes', -1),
              ],
              get('nodes'),
            ),
          ),
          set('out', word('trees', 2)),
          set('score', get('scores')),
          set('rest', get('rows')),
          repeat(
            [
              f64.store(
                get('score'),
                f64.add(f64.load(get('score')), f64.load(add(get('values'), shiftLeft(load8(get('out')), i32(3))))),
              ),
              step('out', 1),
              step('score', 8),
              step('rest', -1),
            ],
            get('rest'),
          ),
          step('trees', 4 * treeWords),
          step('count', -1),
        ],
        get('count'),
      ),
    ];
  },
};

export const scoreKernels = { rank, walk };
