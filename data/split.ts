import { createHash } from 'node:crypto';
import { TandemError } from '../src/errors/tandem-error.js';
import { createTermFinder } from '../src/text/term-finder.js';

/** Shares of the queries; they add up to 1. */
export interface SplitShares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export type Split = keyof SplitShares;

/** What makes two spellings one query: Unicode composition, white space and case; the country too, where there is one. */
export function queryKey(text: string, country?: string): string {
  const normal = text.normalize('NFC').trim().replace(/\s+/gu, ' ').toLowerCase();
  return country === undefined ? normal : `${normal}\t${country}`;
}

/** Nothing in it can be seen: white space, control and format characters (such as U+200B) alone, or no character at all. */
export const isBlank = (text: string): boolean => /^[\s\p{Cc}\p{Cf}]*$/u.test(text);

/**
 * Makes the function that gives what decides the split of a query: its terms as English text has them, without accents, in one order, whatever its country.
 * Towers that pool the terms of a query see no more of it than this but the country, so that no query of one split can stand
 * in another one in other clothes (`Hoses, garden` and `garden hose`; `chips` of two countries). A text without terms goes by its queryKey.
 */
export function createSplitKey(): (text: string) => string {
  const termsOf = createTermFinder('en');
  const bare = (text: string): string => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return text => termsOf(bare(text)).sort().join(' ') || queryKey(text);
}

/** Id of a query: the first 12 hexadecimal digits of sha1(text), or of sha1(text, tab, country). */
export const queryId = (text: string, country?: string): string =>
  sha1(country === undefined ? text : `${text}\t${country}`).slice(0, 12);

/**
 * Which split a query belongs to: by the hash of its key and the seed alone, so that neither the order of the rows nor other rows
 * have a say, and every row of a query goes the same way.
 * @param key  see createSplitKey
 */
export function splitOf(key: string, shares: SplitShares, seed: number): Split {
  const at = Number.parseInt(sha1(`${seed}\t${key}`).slice(0, 8), 16) / 2 ** 32;
  if (at < shares.test) return 'test';
  return at < shares.test + shares.validation ? 'validation' : 'train';
}

/** @throws TandemError 'config/bad-value' for a share outside [0, 1] or shares that do not add up to 1 */
export function checkShares(shares: SplitShares): void {
  const all = [shares.train, shares.validation, shares.test];
  const sum = all.reduce((a, b) => a + b, 0);
  if (all.every(share => share >= 0 && share <= 1) && Math.abs(sum - 1) < 1e-9) return;
  throw new TandemError(
    'config/bad-value',
    `shares must be in [0, 1] and add up to 1, got ${all.join(' + ')} = ${sum}`,
    { shares },
  );
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
