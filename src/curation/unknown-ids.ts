import type { Rule } from './rule.js';

/** Ids that a rule names and that are no documents. */
export interface UnknownIds {
  readonly rule: string;
  readonly ids: readonly string[];
}

/** Ids that are told, and those that are looked up: a hundred say enough, and nobody waits for millions. */
const mostTold = 100;
const mostAsked = 10_000;
const atOnce = 100;

/** Each id once. */
export const namedIds = ({ pin = [], hide, boost, bury }: Pick<Rule, 'pin' | 'hide' | 'boost' | 'bury'>): string[] => [
  ...new Set([...pin.map(({ id }) => id), ...[hide, boost, bury].flatMap(target => target?.ids ?? [])]),
];

/** What rules name that is not there, rule by rule: 100 ids at most, of the first 10,000 that they name. @param get  a document by its id */
export async function unknownIds(
  get: (id: string) => Promise<unknown>,
  rules: readonly Rule[],
): Promise<readonly UnknownIds[]> {
  const known = new Map<string, boolean>();
  const named = [...new Set(rules.flatMap(namedIds))].slice(0, mostAsked);
  for (let from = 0, told = 0; from < named.length && told < mostTold; from += atOnce) {
    const asked = named.slice(from, from + atOnce);
    const found = await Promise.all(asked.map(async id => (await get(id)) !== undefined));
    for (const [i, id] of asked.entries()) {
      if (!found[i] && told++ >= mostTold) break;
      known.set(id, found[i]);
    }
  }
  return rules.flatMap(rule => {
    const ids = namedIds(rule).filter(id => known.get(id) === false);
    return ids.length === 0 ? [] : [{ rule: rule.id, ids }];
  });
}
