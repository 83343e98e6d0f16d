import { bounds } from '../columns/attributes.js';
import type { DocumentRow } from '../config/rows.js';
import { parseDate } from '../query/iso-date.js';

/** A text of a document, and where it stands there. */
export interface FieldText {
  /** the field, or the path of an attribute */
  readonly path: string;
  readonly text: string;
}

/** Longest text of an attribute that is searched by its words, UTF-16 units: names, categories, colours; not descriptions. */
export const longestAttributeText = 64;

/** Texts of one document at most, the first ones. */
const mostTexts = 1024;

/** What is no attribute, and codes of the country and the language, whose words nobody asks for. */
const notSearched: ReadonlySet<string> = new Set([
  'id',
  'title',
  'description',
  'images',
  'tokens',
  'country',
  'language',
]);

const address = /^(?:[a-z][a-z0-9+.-]*:\/\/|data:|mailto:|www\.)/i;
const hasLetter = /\p{L}/u;
/** An article number such as an EAN; shorter ones are sizes, counts and years. */
const longNumber = /^\d{8,}$/;

/** Whether the words of a text of an attribute are searched: those of short texts, and codes whole; no addresses, no dates, no mere numbers. */
export function isSearched(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > longestAttributeText) return false;
  if (!hasLetter.test(text)) return longNumber.test(text);
  return !address.test(text) && parseDate(text) === undefined;
}

/**
 * The short texts of a document's attributes, in its order: strings and those of lists, of objects inside it too.
 * @param others  fields and paths that are searched by themselves
 */
export function attributeTexts(document: DocumentRow, others: ReadonlySet<string>): FieldText[] {
  const found: FieldText[] = [];
  const visit = (path: string, value: unknown, depth: number): void => {
    if (others.has(path)) return;
    if (typeof value === 'string') {
      if (found.length < mostTexts && isSearched(value)) found.push({ path, text: value });
      return;
    }
    if (typeof value !== 'object' || value === null || depth === bounds.depth) return;
    if (Array.isArray(value)) for (const each of value) visit(path, each, depth + 1);
    else for (const [key, inner] of Object.entries(value)) visit(`${path}.${key}`, inner, depth + 1);
  };
  for (const [key, value] of Object.entries(document)) if (!notSearched.has(key)) visit(key, value, 0);
  return found;
}

/** Attributes that are counted, and of these such as are named. */
const mostCounted = 4096;
export const mostNamed = 256;

/** Counts by attribute the documents whose words it gives. */
export interface AttributeTally {
  /** @param texts  of one document */
  note(texts: readonly FieldText[]): void;
  /** those of most documents first, ties by name; 256 at most */
  paths(): string[];
}

export function createAttributeTally(): AttributeTally {
  const counts = new Map<string, number>();
  return {
    note: texts => {
      for (const path of new Set(texts.map(text => text.path))) {
        const count = counts.get(path) ?? 0;
        if (count > 0 || counts.size < mostCounted) counts.set(path, count + 1);
      }
    },
    paths: () =>
      [...counts]
        .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
        .slice(0, mostNamed)
        .map(([path]) => path),
  };
}
