/** An object as JSON gives it. */
export type Tree = { readonly [key: string]: unknown };

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` laid on `under`: objects are merged, everything else, lists too, is replaced. */
export function merge(under: Tree, over: Tree): Tree {
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) merged.set(key, laidOn(merged.get(key), value));
  // fromEntries defines own properties: a key such as __proto__ stays data and is refused as unknown
  return Object.fromEntries(merged);
}

const laidOn = (old: unknown, value: unknown): unknown => (isTree(old) && isTree(value) ? merge(old, value) : value);

/**
 * A tree with one value laid on the place that a dotted key names; a whole number names an entry of a list, from 0:
 * `training.stages.1.loss`. Keys that are not there yet are made, entries of lists are not.
 * @throws RangeError when the list has no such entry
 */
export function setAt(tree: Tree, dottedKey: string, value: unknown): Tree {
  return placed(tree, dottedKey.split('.'), value) as Tree;
}

function placed(old: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return laidOn(old, value);
  if (Array.isArray(old)) {
    if (!(/^\d+$/.test(key) && Number(key) < old.length))
      throw new RangeError(`a list of ${old.length} has no "${key}"`);
    return old.with(Number(key), placed(old[Number(key)], rest, value));
  }
  const below = isTree(old) ? new Map(Object.entries(old)) : new Map<string, unknown>();
  return Object.fromEntries(below.set(key, placed(below.get(key), rest, value)));
}
