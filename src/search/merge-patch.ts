/**
 * Applies a JSON merge patch (RFC 7396): a member of the patch stands in the place of the target's, null removes it, objects are merged member by
 * member; anything else, lists too, is taken as a whole. Neither argument is changed.
 * @param patch  no deeper than the stack is: checked by `checkPatch`
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    // JSON knows no undefined: a program that names a member without a value changes nothing by it
    if (value === undefined) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  // every key its own property, also one that has a meaning elsewhere
  return Object.fromEntries(merged);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
