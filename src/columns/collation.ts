import { LRUCache } from 'lru-cache';
import type { TextOrder } from '../query/query.js';

/** The order of texts in a language. */
export interface Collation {
  /** names it: the same name, the same order in this process */
  readonly id: string;
  /** Below 0, 0 or above 0; texts that the language does not tell apart stand in code-unit order, so that 0 means the same text. */
  compare(a: string, b: string): number;
}

/** Collators take some ten microseconds to make. */
const known = new LRUCache<string, Collation>({ max: 64 });

/** The order of the languages that have none of their own. */
const rootOrder = 'en';

/**
 * By Intl.Collator; with `numeric` runs of digits by their number: file2 before file10.
 * @param language  BCP 47; an underscore is read as a hyphen
 * @returns undefined for code-unit order
 */
export function collationOf(language: string, order: TextOrder = 'language'): Collation | undefined {
  if (order === 'none') return undefined;
  const id = `${language} ${order}`;
  const kept = known.get(id);
  if (kept !== undefined) return kept;
  const { compare } = new Intl.Collator(supported(language), { numeric: order === 'numeric' });
  const made = { id, compare: (a: string, b: string) => compare(a, b) || compareUnits(a, b) };
  known.set(id, made);
  return made;
}

/** What Intl does not know it would take for the language of the machine. */
function supported(language: string): string {
  const tag = language.replaceAll('_', '-');
  return Intl.Collator.supportedLocalesOf([tag]).at(0) ?? rootOrder;
}

export const compareUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Distinct texts that one request has put in the order of a language at most, those of each segment counted; some ten milliseconds where they are
 * ordered for the first time.
 */
export const mostCollated = 2 ** 16;
