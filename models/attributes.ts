import { z } from 'zod';
import { murmur3 } from '../src/text/murmur3.js';

/**
 * How the values of a field become features, as the training documents decided it. numbers: the bins that a value falls in, at several
 * resolutions; `edges` has the lower edges of all bins but the lowest, ascending, for each resolution. categories: a feature for each value.
 */
export const attributeVocabularySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('numbers'), edges: z.array(z.array(z.number())) }),
  z.strictObject({ kind: z.literal('categories') }),
]);

export type AttributeVocabulary = z.infer<typeof attributeVocabularySchema>;

/** Bins of each resolution: coarse ones that many documents share, fine ones that tell near numbers apart. */
const resolutions = [4, 16, 64];

/** Values of a list that count, so that no row costs more than that. */
const mostCategories = 64;

/** Keeps attributes apart from the other hashed vocabularies. */
const hashSeed = 0x6174;

const fieldOf = (name: string, row: Readonly<Record<string, unknown>> | undefined): unknown =>
  row !== undefined && Object.hasOwn(row, name) ? row[name] : undefined;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** What a field says as categories: strings without case and outer spaces, numbers and booleans as they are written, of a list each one. */
function categoriesOf(value: unknown): string[] {
  if (Array.isArray(value))
    return value.slice(0, mostCategories).flatMap(item => (Array.isArray(item) ? [] : categoriesOf(item)));
  if (typeof value === 'boolean' || isNumber(value)) return [String(value)];
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === '' ? [] : [text];
}

/** Lower edges of `bins` bins that hold about as many of the values each, but for equal ones, which share a bin; none is empty. */
function quantileEdges(sorted: Float64Array, bins: number): number[] {
  const edges = Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)]);
  return edges.filter((edge, i) => edge > (i === 0 ? sorted[0] : edges[i - 1]));
}

/**
 * Decides how a field is read: as numbers where every document that has it has a finite number, else as categories.
 * @returns undefined where no document has a value
 */
export function attributeVocabulary(
  name: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): AttributeVocabulary | undefined {
  const values = rows.map(row => fieldOf(name, row)).filter(value => categoriesOf(value).length > 0);
  if (values.length === 0) return undefined;
  if (!values.every(isNumber)) return { kind: 'categories' };
  const sorted = Float64Array.from(values).sort();
  return { kind: 'numbers', edges: resolutions.map(bins => quantileEdges(sorted, bins)) };
}

/** The bin of a value: how many edges are at most the value. */
function binOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Feature ids of one field, rows of the table `attribute`: a bin at each resolution, or `name=value` for each category.
 * @param row      whatever the document holds; a field of another kind than the training documents had counts as absent
 * @param known    categories where nothing is known of the field
 * @param buckets  rows of the table
 */
export function attributeFeatures(
  name: string,
  row: Readonly<Record<string, unknown>> | undefined,
  known: AttributeVocabulary | undefined,
  buckets: number,
): Int32Array {
  const value = fieldOf(name, row);
  const features =
    known?.kind === 'numbers'
      ? known.edges.flatMap((edges, r) => (isNumber(value) ? [`${r}:${binOf(value, edges)}`] : []))
      : categoriesOf(value);
  return Int32Array.from(features, feature => murmur3(`${name}=${feature}`, hashSeed) % buckets);
}
