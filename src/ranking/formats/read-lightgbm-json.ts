import { z } from 'zod';
import { checkLimit, ensembleLimits } from '../trees/check-ensemble.js';
import type { Tree, TreeEnsemble } from '../trees/ensemble.js';
import { damaged, parseAs, unsupported } from './faults.js';
import { asEnsemble, checkHead, defaultSide } from './lightgbm-model.js';
import { asWords, buildTree, type LeafRecord, type NodeRecord } from './tree-builder.js';

const headSchema = z.object({
  num_class: z.number().default(1),
  num_tree_per_iteration: z.number().default(1),
  objective: z.string().optional(),
  average_output: z.boolean().default(false),
  feature_names: z.array(z.string()),
  monotone_constraints: z.array(z.number()).default([]),
  tree_info: z.array(z.object({ tree_structure: z.unknown() })),
});

const leafSchema = z.object({
  leaf_value: z.number(),
  leaf_count: z.number().default(0),
  leaf_const: z.unknown().optional(),
});

const nodeSchema = z.object({
  split_feature: z.number(),
  split_gain: z.number().default(0),
  threshold: z.union([z.number(), z.string()]),
  decision_type: z.enum(['<=', '==']),
  default_left: z.boolean(),
  missing_type: z.enum(['None', 'Zero', 'NaN']),
  internal_count: z.number().default(0),
  left_child: z.unknown(),
  right_child: z.unknown(),
});

/**
 * A model that LightGBM dumped (`Booster.dump_model`), as parsed JSON.
 * @throws TandemError 'ranker/damaged' | 'ranker/unsupported' | 'ranker/too-large'
 */
export function readLightGbmJson(json: unknown): TreeEnsemble {
  const parsed = parseAs(headSchema, json, 'model');
  const { feature_names: names, monotone_constraints: monotone } = parsed;
  const head = {
    names,
    monotone: monotone.length > 0 ? monotone : undefined,
    objective: parsed.objective?.split(' ')[0],
    classes: parsed.num_class,
    treesPerIteration: parsed.num_tree_per_iteration,
    averages: parsed.average_output,
  };
  checkHead(head);
  checkLimit('trees', parsed.tree_info.length);
  const trees = parsed.tree_info.map(({ tree_structure: root }, t) => readTree(root, `tree ${t}`));
  return asEnsemble(head, trees);
}

const isLeaf = (json: unknown): boolean => typeof json === 'object' && json !== null && 'leaf_value' in json;

/** What is still to be read: a child, and whose. */
interface Place {
  readonly json: unknown;
  readonly depth: number;
  readonly parent: number;
  readonly side: 'left' | 'right';
}

/** Walks without recursion: how deep a file is nested is for strangers to say. */
function readTree(root: unknown, where: string): Tree {
  const nodes: NodeRecord[] = [];
  const leaves: LeafRecord[] = [];
  const children: { left: number; right: number }[] = [];
  const open: Place[] = [{ json: root, depth: 0, parent: -1, side: 'left' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { json, depth, parent, side } = next;
    checkLimit('depth', depth);
    if (isLeaf(json)) {
      const leaf = parseAs(leafSchema, json, where);
      if (leaf.leaf_const !== undefined) throw unsupported(`${where}: linear_tree: its leaves are not numbers`);
      if (parent >= 0) children[parent][side] = ~leaves.length;
      leaves.push({ value: leaf.leaf_value, cover: leaf.leaf_count });
      checkLimit('leaves', leaves.length);
      continue;
    }
    const node = parseAs(nodeSchema, json, where);
    if (parent >= 0) children[parent][side] = nodes.length;
    open.push({ json: node.right_child, depth: depth + 1, parent: nodes.length, side: 'right' });
    open.push({ json: node.left_child, depth: depth + 1, parent: nodes.length, side: 'left' });
    children.push({ left: 0, right: 0 });
    nodes.push(asRecord(node, where));
  }
  return buildTree(
    nodes.map((node, i) => ({ ...node, ...children[i] })),
    leaves,
  );
}

/** Its children are not known yet. */
function asRecord(node: z.output<typeof nodeSchema>, where: string): NodeRecord {
  const isCategory = node.decision_type === '==';
  if (isCategory === (typeof node.threshold === 'number'))
    throw damaged(`${where}: ${node.decision_type} ${node.threshold}`);
  const threshold = Number(isCategory ? 0 : node.threshold);
  return {
    feature: node.split_feature,
    threshold,
    categories: isCategory ? asWords(categoriesOf(`${node.threshold}`, where)) : undefined,
    left: 0,
    right: 0,
    defaultLeft: !isCategory && defaultSide(node.missing_type, node.default_left, threshold),
    gain: node.split_gain,
    cover: node.internal_count,
  };
}

function categoriesOf(text: string, where: string): number[] {
  return text.split('||').map(word => {
    const category = Number(word);
    if (/^\d+$/.test(word) && category < ensembleLimits.categories) return category;
    throw damaged(`${where}: no category ${word}`);
  });
}
