import type { AttributeValues } from '../../../src/columns/attributes.js';
import type { Json } from './cluster.js';
import { fieldName } from './names.js';

/**
 * Values of attributes stand in a few fields that all attributes share, each behind its path: a catalogue may have thousands of attributes, and a cluster pays
 * for every field of a mapping with memory of all its nodes. Numbers are written so that their texts have their order.
 */

/** Between a path, or a key, and what stands behind it. */
export const valueEnd = '\u0001';

/** Kinds of values: texts, numbers, dates, booleans. */
export type ValueKind = 'k' | 'n' | 'd' | 'b';

export const valueKinds: readonly ValueKind[] = ['k', 'n', 'd', 'b'];

const view = new DataView(new ArrayBuffer(8));
const signBit = 1n << 63n;

/** A double as 16 hexadecimal digits that have its order. */
export function sortableNumber(value: number): string {
  view.setFloat64(0, value + 0);
  const bits = view.getBigUint64(0);
  const ordered = (bits & signBit) === 0n ? bits | signBit : ~bits & ((1n << 64n) - 1n);
  return ordered.toString(16).padStart(16, '0');
}

export function readNumber(written: string): number {
  const ordered = BigInt(`0x${written}`);
  const bits = (ordered & signBit) === 0n ? ~ordered & ((1n << 64n) - 1n) : ordered & ~signBit;
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** What the values of a path begin with. */
export const pathPrefix = (path: string): string => path.replaceAll(valueEnd, '\ufffd') + valueEnd;

export const writtenValue = (path: string, value: string | number | boolean): string =>
  pathPrefix(path) + (typeof value === 'number' ? sortableNumber(value) : String(value));

export const valueIn = (kept: string): string => kept.slice(kept.indexOf(valueEnd) + valueEnd.length);

type Entries = ReadonlyMap<string, AttributeValues>;

/** The values of a document, or of an object of a list, by kind; places by path, for these have a field each. */
export function writtenValues(attributes: Entries): Json {
  const of = (values: (own: AttributeValues) => readonly (string | number | boolean)[]): string[] =>
    [...attributes].flatMap(([path, own]) => values(own).map(value => writtenValue(path, value)));
  const places = [...attributes].filter(([, { points }]) => points.length > 0);
  return {
    p: [...attributes.keys()],
    k: of(({ keywords }) => keywords),
    n: of(({ numbers }) => numbers),
    d: of(({ dates }) => dates),
    b: of(({ booleans }) => booleans),
    g: Object.fromEntries(
      places.map(([path, { points }]) => [fieldName(path), points.map(({ lat, lon }) => ({ lat, lon }))]),
    ),
  };
}

/** What documents are sorted by: numbers and dates stand before texts, true and false are 1 and 0 (src/columns/sort.ts). */
export const sortValues = (attributes: Entries): string[] =>
  [...attributes].flatMap(([path, { numbers, dates, booleans, keywords }]) => {
    const all = numbers.length + dates.length > 0 ? [...numbers, ...dates] : booleans.map(Number);
    const written = all.length > 0 ? all.map(value => `0${sortableNumber(value)}`) : keywords.map(text => `1${text}`);
    return written.map(value => pathPrefix(path) + value);
  });

/** Reads what a path is sorted by out of the values of a document; behind all others where there is none. */
export const sortScript = `
  String best = null;
  for (String value : doc['s']) {
    if (value.startsWith(params.path)) {
      best = value;
      if (params.ascending) break;
    } else if (best != null) break;
  }
  return best == null ? params.missing : best.substring(params.path.length());
`;
