import { checkLimit } from '../trees/check-ensemble.js';
import type { Tree, TreeEnsemble } from '../trees/ensemble.js';
import { damaged, unsupported } from './faults.js';
import { asEnsemble, checkHead, defaultSide, type LightGbmHead, type MissingType } from './lightgbm-model.js';
import { buildTree, type NodeRecord } from './tree-builder.js';

/** Lines `key=value` of one part of the file; a line without `=` is a key without a value. */
type Part = ReadonlyMap<string, string>;

const missingTypes: readonly (MissingType | undefined)[] = ['None', 'Zero', 'NaN', undefined];

/**
 * A model that LightGBM saved (`Booster.save_model`), versions 2 to 4 of the format.
 * @throws TandemError 'ranker/damaged' | 'ranker/unsupported' | 'ranker/too-large'
 */
export function readLightGbmText(text: string): TreeEnsemble {
  const end = text.indexOf('\nend of trees');
  if (!/^tree\r?\n/.test(text)) throw damaged('not a LightGBM model: its first line is not "tree"');
  if (end < 0) throw damaged('the file ends before "end of trees"');
  const [first, ...parts] = text.slice(0, end).split(/^Tree=/m);
  checkLimit('trees', parts.length);
  const head = readHead(readPart(first));
  checkHead(head);
  return asEnsemble(
    head,
    parts.map((part, t) => readTree(readPart(part), t)),
  );
}

function readPart(text: string): Part {
  return new Map(
    text.split(/\r?\n/).map(line => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function readHead(part: Part): LightGbmHead {
  const names = part.get('feature_names')?.trim().split(/\s+/);
  const features = Number(part.get('max_feature_idx')) + 1;
  if (names === undefined || names.length !== features) throw damaged('feature_names do not fit max_feature_idx');
  return {
    names,
    monotone: part.has('monotone_constraints') ? numbersOf(part, 'monotone_constraints', features, '') : undefined,
    objective: part.get('objective')?.trim().split(' ')[0],
    classes: Number(part.get('num_class') ?? 1),
    treesPerIteration: Number(part.get('num_tree_per_iteration') ?? 1),
    averages: part.has('average_output'),
  };
}

function readTree(part: Part, t: number): Tree {
  const where = `tree ${t}: `;
  const leaves = numbersOf(part, 'num_leaves', 1, where)[0];
  if (!(Number.isInteger(leaves) && leaves >= 1)) throw damaged(`${where}num_leaves is ${leaves}`);
  checkLimit('leaves', leaves);
  if (Number(part.get('is_linear') ?? 0) !== 0) throw unsupported(`${where}linear_tree: its leaves are not numbers`);
  const nodes = leaves - 1;
  const values = numbersOf(part, 'leaf_value', leaves, where);
  const of = (key: string, count = nodes): number[] => (count === 0 ? [] : numbersOf(part, key, count, where));
  const optional = (key: string, count: number): number[] =>
    part.has(key) && count > 0 ? of(key, count) : new Array<number>(count).fill(0);
  const [feature, threshold, decision] = [of('split_feature'), of('threshold'), of('decision_type')];
  const [left, right] = [of('left_child'), of('right_child')];
  const [gain, cover] = [optional('split_gain', nodes), optional('internal_count', nodes)];
  // one leaf alone has no count in the file
  const leafCover = optional('leaf_count', nodes === 0 ? 0 : leaves);
  const categoriesOf = categorySets(part, where);
  const records = feature.map((_, node): NodeRecord => {
    const missing = missingTypes[(decision[node] >> 2) & 3];
    if (missing === undefined) throw damaged(`${where}decision_type ${decision[node]}`);
    const isCategory = (decision[node] & 1) === 1;
    return {
      feature: feature[node],
      threshold: isCategory ? 0 : threshold[node],
      categories: isCategory ? categoriesOf(threshold[node]) : undefined,
      left: left[node],
      right: right[node],
      // of a category, what is missing is in no set, whatever else is said
      defaultLeft: !isCategory && defaultSide(missing, (decision[node] & 2) === 2, threshold[node]),
      gain: gain[node],
      cover: cover[node],
    };
  });
  return buildTree(
    records,
    values.map((value, leaf) => ({ value, cover: leafCover[leaf] ?? 0 })),
  );
}

/** Sets of categories by their number in the tree. */
function categorySets(part: Part, where: string): (set: number) => Uint32Array {
  const bounds = (part.get('cat_boundaries') ?? '').split(' ').map(Number);
  const words = Uint32Array.from((part.get('cat_threshold') ?? '').split(' ').map(Number));
  return set => {
    const [from, to] = [bounds[set], bounds[set + 1]];
    if (!(from >= 0 && to > from && to <= words.length)) throw damaged(`${where}no set of categories ${set}`);
    return words.slice(from, to);
  };
}

/** @throws TandemError 'ranker/damaged' when there are more or fewer, or one that is no number */
function numbersOf(part: Part, key: string, count: number, where: string): number[] {
  const words = (part.get(key) ?? '').trim().split(/\s+/, count + 1);
  const values = words.map(Number);
  if (values.length !== count || words.includes('') || values.some(Number.isNaN))
    throw damaged(`${where}${key} wants ${count} numbers`);
  return values;
}
