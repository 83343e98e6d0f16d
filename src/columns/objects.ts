import type { DocumentRow } from '../config/rows.js';
import { type Attributes, bounds, eachAttribute, flattenValue, innerEntries, type TextPaths } from './attributes.js';

/** An object of a list, kept apart from the others: what a condition on one object is asked of. */
export interface ObjectAttributes {
  readonly path: string;
  /** place among the objects of the document of the one that it lies in, of those that are kept; -1 = in none */
  readonly parent: number;
  /** by their paths in the document, that of the object itself among them */
  readonly attributes: Attributes;
}

interface Found {
  readonly path: string;
  readonly value: object;
  readonly depth: number;
  readonly parent: number;
}

/**
 * The objects of a document of whose path there are several, outer ones before those in them; one that is alone is told apart by the attributes of the
 * document. An object without attributes, or with a place on the earth alone, is none.
 * @param texts  see textPaths
 */
export function flattenObjects(document: DocumentRow, texts: TextPaths): ObjectAttributes[] {
  let holds = false;
  eachAttribute(document, (_, value) => {
    holds ||= holdsList(value, 0);
  });
  if (!holds) return [];
  const found = findObjects(document);
  const several = countPaths(found);
  const attributes = found.map(({ path, value, depth }) => {
    const flat = several(path) ? flattenValue(path, value, depth, texts) : undefined;
    return flat !== undefined && flat.size > 1 ? flat : undefined;
  });
  const isKept = countPaths(found.filter((_, place) => attributes[place] !== undefined));
  const kept: ObjectAttributes[] = [];
  const numbers = new Map<number, number>();
  found.forEach(({ path, parent }, place) => {
    const own = attributes[place];
    if (own === undefined || !isKept(path)) return;
    numbers.set(place, kept.length);
    let outer = parent;
    while (outer >= 0 && !numbers.has(outer)) outer = found[outer].parent;
    kept.push({ path, parent: numbers.get(outer) ?? -1, attributes: own });
  });
  return kept;
}

/** @returns whether there are several objects of a path */
function countPaths(found: readonly Found[]): (path: string) => boolean {
  const counts = new Map<string, number>();
  for (const { path } of found) counts.set(path, (counts.get(path) ?? 0) + 1);
  return path => (counts.get(path) ?? 0) > 1;
}

/** Whether there is a list with objects, or lists, in it. */
function holdsList(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > bounds.depth) return false;
  if (!Array.isArray(value)) return Object.values(value).some(inner => holdsList(inner, depth + 1));
  return value.some(inner => typeof inner === 'object' && inner !== null);
}

/** In the order in which flattenDocument comes to them. */
function findObjects(document: DocumentRow): Found[] {
  const found: Found[] = [];
  const visit = (path: string, value: unknown, depth: number, parent: number): void => {
    if (typeof value !== 'object' || value === null || depth >= bounds.depth) return;
    if (Array.isArray(value)) {
      for (const each of value) visit(path, each, depth + 1, parent);
      return;
    }
    if (found.length === bounds.objects || path.length > bounds.pathUnits) return;
    const place = found.push({ path, value, depth, parent }) - 1;
    for (const [key, inner] of innerEntries(value)) visit(`${path}.${key}`, inner, depth + 1, place);
  };
  eachAttribute(document, (key, value) => visit(key, value, 0, -1));
  return found;
}
