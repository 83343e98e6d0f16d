import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { readLightGbmJson } from '../../../src/ranking/formats/read-lightgbm-json.js';
import { readLightGbmText } from '../../../src/ranking/formats/read-lightgbm-text.js';
import { writeLightGbmText } from '../../../src/ranking/formats/write-lightgbm-text.js';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import { randomColumns, randomEnsemble } from '../trees/random-ensemble.js';

/** a <= .5 ? 1 : (b in {0, 2} ? 2 : 3), as LightGBM writes it. */
const text = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=lambdarank
feature_names=a b
feature_infos=[0:1] 0:1:2

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
split_gain=4 2
threshold=0.5 0
decision_type=10 9
left_child=-1 -2
right_child=1 -3
leaf_value=1 2 3
leaf_weight=1 1 1
leaf_count=4 5 6
internal_value=0 0
internal_weight=3 2
internal_count=15 11
cat_boundaries=0 1
cat_threshold=5
is_linear=0
shrinkage=0.1


end of trees
`;

const dump = () => ({
  objective: 'lambdarank',
  feature_names: ['a', 'b'],
  tree_info: [
    {
      tree_structure: {
        split_feature: 0,
        threshold: 0.5,
        decision_type: '<=',
        default_left: true,
        missing_type: 'NaN',
        left_child: { leaf_value: 1 },
        right_child: {
          split_feature: 1,
          threshold: '0||2',
          decision_type: '==',
          default_left: false,
          missing_type: 'NaN',
          left_child: { leaf_value: 2 },
          right_child: { leaf_value: 3 },
        },
      },
    },
  ],
});

const columns = [Float64Array.of(0.5, 1, 1, 1, Number.NaN), Float64Array.of(0, 0, 1, 2, 0)];
const scores = [1, 2, 3, 2, 1];

const refuses = (read: () => unknown, code: string): void => expect(read).toThrow(expect.objectContaining({ code }));

describe('readLightGbmText', () => {
  it('reads the example', () => {
    const ensemble = readLightGbmText(text);
    expect([...compileEnsemble(ensemble).scores(columns)]).toEqual(scores);
    expect([...ensemble.trees[0].leafCover]).toEqual([4, 5, 6]);
    expect([...ensemble.trees[0].gain]).toEqual([4, 2]);
  });

  it('reads lines that end as on Windows', () => {
    expect(readLightGbmText(text.replaceAll('\n', '\r\n'))).toEqual(readLightGbmText(text));
  });

  it('sends what is missing where 0 goes, if a node has no side for it', () => {
    const none = readLightGbmText(text.replace('decision_type=10 9', 'decision_type=2 9'));
    expect([...compileEnsemble(none).scores(columns)]).toEqual([1, 2, 3, 2, 1]);
    const below = readLightGbmText(
      text.replace('decision_type=10 9', 'decision_type=2 9').replace('=0.5 0', '=-0.5 0'),
    );
    expect(compileEnsemble(below).scores(columns)[4]).toBe(2);
  });

  it.each([
    ['another file', 'tree\n', 'forest\n'],
    ['a file cut short', '\nend of trees', ''],
    ['a name too few', 'feature_names=a b', 'feature_names=a'],
    ['a node that leads back to the root', 'right_child=1 -3', 'right_child=0 -3'],
    ['a node that leads to itself', 'left_child=-1 -2', 'left_child=-1 1'],
    ['a leaf of two nodes', 'left_child=-1 -2', 'left_child=-1 -1'],
    ['a leaf that is not there', 'right_child=1 -3', 'right_child=1 -4'],
    ['a feature that is not there', 'split_feature=0 1', 'split_feature=0 2'],
    ['fewer values than leaves', 'leaf_value=1 2 3', 'leaf_value=1 2'],
    ['more values than leaves', 'leaf_value=1 2 3', 'leaf_value=1 2 3 4'],
    ['a value that is no number', 'leaf_value=1 2 3', 'leaf_value=1 x 3'],
    ['a value that is not finite', 'leaf_value=1 2 3', 'leaf_value=1 Infinity 3'],
    ['a tree of no leaves', 'num_leaves=3', 'num_leaves=0'],
    ['a tree of many leaves', 'num_leaves=3', 'num_leaves=3000000'],
    ['leaves in words', 'num_leaves=3', 'num_leaves=three'],
    ['a set that is not there', 'threshold=0.5 0', 'threshold=0.5 1'],
    ['a set beyond its words', 'cat_boundaries=0 1', 'cat_boundaries=0 9'],
    ['a feature that is a number and a category', 'split_feature=0 1', 'split_feature=0 0'],
    ['a way with what is missing that is unknown', 'decision_type=10 9', 'decision_type=14 9'],
    ['a count below 0', 'leaf_count=4 5 6', 'leaf_count=4 5 -6'],
  ])('refuses %s', (_, from, to) => {
    expect(text).toContain(from);
    refuses(() => readLightGbmText(text.replace(from, to)), 'ranker/damaged');
  });

  it.each([
    ['an objective with another score', 'objective=lambdarank', 'objective=binary sigmoid:1'],
    ['classes', 'num_class=1', 'num_class=3'],
    ['a random forest', 'label_index=0', 'average_output'],
    ['linear leaves', 'is_linear=0', 'is_linear=1'],
    ['0 taken for missing', 'decision_type=10 9', 'decision_type=4 9'],
  ])('refuses %s', (_, from, to) => {
    refuses(() => readLightGbmText(text.replace(from, to)), 'ranker/unsupported');
  });

  it.each([
    ['leaves', text.replace('num_leaves=3', 'num_leaves=1e9')],
    [
      'features',
      text.replace('feature_names=a b', `feature_names=${'a '.repeat(10_001)}`).replace('idx=1', 'idx=10000'),
    ],
    ['depth', chain(1001)],
  ])('refuses more %s than an ensemble may have', (_, given) => {
    refuses(() => readLightGbmText(given), 'ranker/too-large');
  });

  it('reads, or refuses with a code, whatever happens to a file', () => {
    const whole = writeLightGbmText({
      ...randomEnsemble(4, { features: 4, trees: 3, leaves: 9 }),
      trees: rightCategories(),
    });
    const probe = randomColumns(1, randomEnsemble(4, { features: 4, trees: 0, leaves: 1 }), 40);
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(40),
        fc.oneof(fc.constantFrom('', '\n', ' ', '-', '=', '9', '1e400', 'Tree=1\n'), fc.string()),
        (at, length, put) => {
          readsOrRefuses(() => {
            const ensemble = readLightGbmText(whole.slice(0, at) + put + whole.slice(at + length));
            const given = ensemble.features.map((_, feature) => probe[feature % 4]);
            return compileEnsemble(ensemble).scores(given);
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('readLightGbmJson', () => {
  it('reads the example', () => {
    expect([...compileEnsemble(readLightGbmJson(dump())).scores(columns)]).toEqual(scores);
  });

  type Dump = ReturnType<typeof dump>;
  const root = (model: Dump) => model.tree_info[0].tree_structure;
  const set = (at: (model: Dump) => object, key: string, value: unknown) => (model: Dump) => {
    Reflect.set(at(model), key, value);
  };
  it.each([
    ['no child', set(root, 'left_child', undefined)],
    ['a child that is a list', set(root, 'left_child', [])],
    ['a threshold in words', set(root, 'threshold', 'high')],
    ['a number as categories', set(model => root(model).right_child, 'threshold', 3)],
    ['a category below 0', set(model => root(model).right_child, 'threshold', '1||-2')],
    ['a category too great', set(model => root(model).right_child, 'threshold', '65536')],
    ['a feature that is not there', set(root, 'split_feature', 7)],
    ['another comparison', set(root, 'decision_type', '>')],
    ['no trees', set(model => model, 'tree_info', undefined)],
    ['names that are numbers', set(model => model, 'feature_names', [1, 2])],
    ['directions of other features', set(model => model, 'monotone_constraints', [1, 0, 0])],
  ])('refuses %s', (_, damage) => {
    const model = dump();
    damage(model);
    refuses(() => readLightGbmJson(model), 'ranker/damaged');
  });

  it.each([
    ['another objective', set(model => model, 'objective', 'multiclass num_class:3')],
    ['classes', set(model => model, 'num_class', 3)],
    ['linear leaves', set(model => root(model).left_child, 'leaf_const', 1)],
    ['a random forest', set(model => model, 'average_output', true)],
  ])('refuses %s', (_, change) => {
    const model = dump();
    change(model);
    refuses(() => readLightGbmJson(model), 'ranker/unsupported');
  });

  it('refuses a tree that is nested without end, without running out of stack', () => {
    const model = dump();
    const { split_feature, threshold, decision_type, default_left, missing_type } = root(model);
    let inner: object = { leaf_value: 1 };
    const node = { split_feature, threshold, decision_type, default_left, missing_type };
    for (let i = 0; i < 200_000; i++) inner = { ...node, left_child: { leaf_value: 0 }, right_child: inner };
    Reflect.set(model.tree_info[0], 'tree_structure', inner);
    refuses(() => readLightGbmJson(model), 'ranker/too-large');
  });

  it('refuses a tree that contains itself', () => {
    const model = dump();
    Reflect.set(root(model), 'right_child', root(model));
    refuses(() => readLightGbmJson(model), 'ranker/too-large');
  });
});

function readsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(TandemError);
    expect(error instanceof TandemError && error.code).toMatch(/^ranker\//);
  }
}

/** One tree that is as deep as it has nodes. */
function chain(nodes: number): string {
  const list = (of: (i: number) => number, count = nodes): string =>
    Array.from({ length: count }, (_, i) => of(i)).join(' ');
  return text
    .replace('num_leaves=3', `num_leaves=${nodes + 1}`)
    .replace('split_feature=0 1', `split_feature=${list(() => 0)}`)
    .replace('split_gain=4 2', `split_gain=${list(() => 1)}`)
    .replace('threshold=0.5 0', `threshold=${list(i => i)}`)
    .replace('decision_type=10 9', `decision_type=${list(() => 10)}`)
    .replace('left_child=-1 -2', `left_child=${list(i => ~i)}`)
    .replace('right_child=1 -3', `right_child=${list(i => (i === nodes - 1 ? ~nodes : i + 1))}`)
    .replace('leaf_value=1 2 3', `leaf_value=${list(() => 1, nodes + 1)}`)
    .replace('leaf_count=4 5 6', `leaf_count=${list(() => 1, nodes + 1)}`)
    .replace('internal_count=15 11', `internal_count=${list(() => 1)}`);
}

/** Trees that LightGBM's format can say: a missing category goes right. */
function rightCategories() {
  const { features, trees } = randomEnsemble(4, { features: 4, trees: 3, leaves: 9 });
  return trees.map(tree => ({
    ...tree,
    defaultLeft: tree.defaultLeft.map((side, node) => (features[tree.feature[node]].kind === 'category' ? 0 : side)),
  }));
}
