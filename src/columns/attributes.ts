import type { DocumentRow } from '../config/rows.js';
import { parseDate } from '../query/iso-date.js';
import { nearestDouble } from './large-integers.js';
import { indexedUnits, keptText } from './long-text.js';

/** What is kept of one document; what is beyond takes no part in filters, facets and sorting. */
export const bounds = {
  /** attributes by path, the first ones in the order of the document */
  paths: 256,
  /** UTF-16 units of a path */
  pathUnits: 256,
  /** lists and objects inside one another */
  depth: 8,
  /** values of one path, the first ones */
  values: 1024,
  /** objects in lists that are kept apart, the first ones */
  objects: 1024,
} as const;

/** The values of a document under one path, each list rising and without repetition. */
export interface AttributeValues {
  /** also the nearest ones of texts that are whole numbers beyond 2^53 (large-integers.ts) */
  readonly numbers: readonly number[];
  /** milliseconds since 1970; each stands among the strings too */
  readonly dates: readonly number[];
  /** as `keptText` gives them, in code-unit order */
  readonly keywords: readonly string[];
  readonly booleans: readonly boolean[];
  readonly points: readonly GeoPoint[];
}

/** In degrees: lat in [-90, 90], lon in [-180, 180]. */
export interface GeoPoint {
  readonly lat: number;
  readonly lon: number;
}

/** The attributes of a document by path. A path is there where the document has anything but null, so also where it has an object. */
export type Attributes = ReadonlyMap<string, AttributeValues>;

/** Paths whose strings are searched by their words rather than compared. */
export interface TextPaths {
  /** no string is a value: it is known only that the document has one */
  readonly unkept: ReadonlySet<string>;
  /** strings of at most `indexedUnits` are values: names and categories */
  readonly short: ReadonlySet<string>;
}

/**
 * @param indexed  fields that are searched by their words
 * @param values   those whose texts are values all the same
 */
export const textPaths = (indexed: readonly string[], values: readonly string[] = []): TextPaths => {
  const others = (fields: readonly string[]): Set<string> => new Set(fields.filter(field => !values.includes(field)));
  return { unkept: others(['title', 'description', 'images']), short: others(indexed) };
};

type Collected = { -readonly [kind in keyof AttributeValues]: AttributeValues[kind][number][] } & { count: number };

/**
 * Flattens a document: objects become dotted paths, lists several values of one path. What two spellings bring to the same path
 * (`{"a": {"b": 1}}`, `{"a.b": 1}`) is put together. The id is no attribute here: every segment keeps it already. Nor are given terms.
 * @param texts  see textPaths
 */
export function flattenDocument(document: DocumentRow, texts: TextPaths): Attributes {
  const { found, visit } = flattener(texts);
  eachAttribute(document, (key, value) => visit(key, value, 0));
  return inOrder(found);
}

/** Visits all but the id and the terms that the document brings. */
export function eachAttribute(document: DocumentRow, visit: (key: string, value: unknown) => void): void {
  for (const key of Object.keys(document)) if (key !== 'id' && key !== 'tokens') visit(key, Reflect.get(document, key));
}

/** The same of a value that lies at a path of a document, so many lists and objects deep. */
export function flattenValue(path: string, value: unknown, depth: number, texts: TextPaths): Attributes {
  const { found, visit } = flattener(texts);
  visit(path, value, depth);
  return inOrder(found);
}

interface Flattener {
  readonly found: Map<string, Collected>;
  visit(path: string, value: unknown, depth: number): void;
}

function flattener(texts: TextPaths): Flattener {
  const found = new Map<string, Collected>();

  const open = (path: string): Collected | undefined => {
    let values = found.get(path);
    if (values === undefined) {
      if (found.size === bounds.paths || path.length > bounds.pathUnits) return undefined;
      values = { numbers: [], dates: [], keywords: [], booleans: [], points: [], count: 0 };
      found.set(path, values);
    }
    return values;
  };
  const visit = (path: string, value: unknown, depth: number): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      if (depth < bounds.depth) for (const each of value) visit(path, each, depth + 1);
      return;
    }
    const values = open(path);
    if (values === undefined) return;
    if (typeof value !== 'object') addValue(values, value, mostUnitsOf(path, texts));
    else if (depth < bounds.depth) visitObject(path, value, values, depth);
  };
  const visitObject = (path: string, value: object, values: Collected, depth: number): void => {
    const point = asPoint(value);
    if (point !== undefined && values.count++ < bounds.values) values.points.push(point);
    for (const [key, inner] of innerEntries(value)) visit(`${path}.${key}`, inner, depth + 1);
  };
  return { found, visit };
}

function inOrder(found: ReadonlyMap<string, Collected>): Attributes {
  for (const values of found.values()) if (values.count > 1) putInOrder(values);
  return found;
}

/** What lies inside an object: all but the place on the earth that it is. */
export function innerEntries(value: object): [string, unknown][] {
  const entries = Object.entries(value);
  return asPoint(value) === undefined ? entries : entries.filter(([key]) => key !== 'lat' && key !== 'lon');
}

const mostUnitsOf = (path: string, { unkept, short }: TextPaths): number =>
  unkept.has(path) ? -1 : short.has(path) ? indexedUnits : Infinity;

/** @param units  a longer string is no value */
function addValue(values: Collected, value: unknown, units: number): void {
  if (values.count >= bounds.values) return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return;
    values.numbers.push(value + 0); // -0 is 0
  } else if (typeof value === 'boolean') values.booleans.push(value);
  else if (typeof value === 'string') {
    if (value.length > units) return;
    values.keywords.push(keptText(value));
    const date = parseDate(value);
    if (date !== undefined) values.dates.push(date);
    const number = nearestDouble(value);
    if (number !== undefined) values.numbers.push(number);
  } else return;
  values.count++;
}

/** An object with lat and lon of the right size is a point on the earth, whatever else it holds. */
function asPoint(value: object): GeoPoint | undefined {
  if (!Object.hasOwn(value, 'lat') || !Object.hasOwn(value, 'lon')) return undefined;
  const { lat, lon } = value as { lat: unknown; lon: unknown };
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat: lat + 0, lon: lon + 0 } : undefined;
}

function putInOrder(values: Collected): void {
  values.numbers = distinct(values.numbers.sort((a, b) => a - b));
  values.dates = distinct(values.dates.sort((a, b) => a - b));
  values.keywords = distinct(values.keywords.sort());
  values.booleans = distinct(values.booleans.sort());
  values.points.sort((a, b) => a.lat - b.lat || a.lon - b.lon);
  values.points = values.points.filter(
    ({ lat, lon }, i, all) => i === 0 || all[i - 1].lat !== lat || all[i - 1].lon !== lon,
  );
}

const distinct = <T>(sorted: readonly T[]): T[] => sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
