import { limits } from './limits.js';

/** The bound that a tree breaks, in words; undefined where it keeps them. */
export type BrokenBound = string | undefined;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The clauses right inside a clause of a query or a filter, as far as the value has the form of one. */
function inside(clause: unknown): readonly unknown[] {
  if (!isObject(clause)) return [];
  const found: unknown[] = [];
  if (isObject(clause.bool)) {
    for (const part of ['must', 'should', 'mustNot']) found.push(listOf(clause.bool[part]));
  }
  found.push(listOf(clause.any));
  if (isObject(clause.nested)) found.push(listOf(clause.nested.filter));
  if (clause.filter !== undefined) found.push([clause.filter]);
  if (clause.not !== undefined) found.push([clause.not]);
  return found.flat();
}

/** UTF-16 units of the texts of a clause itself that will be analysed. */
function textUnits(clause: unknown): number {
  if (!isObject(clause)) return 0;
  let units = 0;
  for (const leaf of [clause.bag, clause.phrase, clause.prefix, clause.fuzzy, clause.words]) {
    if (!isObject(leaf)) continue;
    for (const text of [leaf.text, ...listOf(leaf.values)]) if (typeof text === 'string') units += text.length;
  }
  return units;
}

/**
 * Counts the clauses, and what they have to read, of a value that is yet to be checked, level by level without recursion, and stops at the first bound that is broken:
 * whatever walks the tree afterwards may recurse.
 * @param roots  a query, or the clauses of a filter
 */
export function brokenBound(roots: readonly unknown[]): BrokenBound {
  let level = roots;
  let [clauses, units] = [0, 0];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.depth) return `at most ${limits.depth} clauses inside one another`;
    clauses += level.length;
    if (clauses > limits.clauses) return `at most ${limits.clauses} clauses`;
    for (const clause of level) units += textUnits(clause);
    if (units > limits.texts) return `at most ${limits.texts} UTF-16 units in all texts`;
    level = level.flatMap(inside);
  }
  return undefined;
}
