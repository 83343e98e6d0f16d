import type { CountedQuery } from './count-queries.js';

/** Queries that are alike in how often they are asked, their length, their country and their class. */
export interface Stratum {
  /** such as `head, 2-3 words, us, words` */
  readonly name: string;
  readonly queries: readonly CountedQuery[];
  /** how often its queries were asked, together */
  readonly mass: number;
}

export const bands = ['head', 'torso', 'tail'] as const;
export type Band = (typeof bands)[number];

/** Countries that have strata of their own: those that ask the most. The others are one. */
const mostCountries = 8;

/** Words as white space and writing without it part them: one of Chinese or Thai is one as readers see it. */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

export function lengthOf(text: string): string {
  let words = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) words++;
  if (words <= 1) return '1 word';
  if (words <= 3) return '2-3 words';
  return words <= 6 ? '4-6 words' : '7 words or more';
}

/** What a query is made of: `numbers` (sizes, models, article numbers) where it has a digit, `other script` where a letter is not Latin. */
export function classOf(text: string): 'numbers' | 'other script' | 'words' {
  if (/\p{Nd}/u.test(text)) return 'numbers';
  return /(?!\p{Script=Latin})\p{L}/u.test(text) ? 'other script' : 'words';
}

/**
 * The band of each count: of the queries by falling count those that make the first third of all that was asked are the head, those of the second third the
 * torso, the rest the tail. Queries of one count are in one band; what was asked once is tail.
 */
export function bandsOf(counts: readonly number[]): (count: number) => Band {
  const masses = new Map<number, number>();
  for (const count of counts) masses.set(count, (masses.get(count) ?? 0) + count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bandOf = new Map<number, Band>();
  let before = 0;
  for (const [count, mass] of [...masses].sort(([a], [b]) => b - a)) {
    bandOf.set(count, count <= 1 ? 'tail' : bands[Math.min(2, Math.floor((3 * before) / total))]);
    before += mass;
  }
  return count => bandOf.get(count) ?? 'tail';
}

/** @returns by name */
export function stratify(queries: readonly CountedQuery[]): Stratum[] {
  const bandOf = bandsOf(queries.map(({ count }) => count));
  const countries = commonCountries(queries);
  const strata = new Map<string, CountedQuery[]>();
  for (const query of queries) {
    const { text, country, count } = query;
    const from = country === undefined ? 'no country' : countries.has(country) ? country : 'other countries';
    const name = [bandOf(count), lengthOf(text), from, classOf(text)].join(', ');
    const members = strata.get(name);
    if (members === undefined) strata.set(name, [query]);
    else members.push(query);
  }
  return [...strata]
    .map(([name, members]) => ({ name, queries: members, mass: members.reduce((sum, { count }) => sum + count, 0) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function commonCountries(queries: readonly CountedQuery[]): ReadonlySet<string> {
  const masses = new Map<string, number>();
  for (const { country, count } of queries)
    if (country !== undefined) masses.set(country, (masses.get(country) ?? 0) + count);
  const common = [...masses].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, mostCountries);
  return new Set(common.map(([country]) => country));
}
