import type { Rule } from '../../curation/rule.js';
import { unknownIds } from '../../curation/unknown-ids.js';
import { parseDate } from '../../query/iso-date.js';
import type { SearchBackend } from '../../search/backend.js';
import type { ComparedRule, ComparedRules, RuledQuery } from './compared-rules.js';
import { type GoldenQuery, notedHits } from './golden-file.js';

/** An index whose rules are compared, wherever it lies. */
export interface Compared extends Pick<SearchBackend, 'search' | 'get'> {
  /** The same index curated by other rules. @param rules  checked */
  curatedBy(rules: readonly Rule[]): Pick<SearchBackend, 'search'>;
}

/**
 * Asks golden queries without rules, with all of them, and with each that holds by itself.
 * @param rules  checked
 * @param onProgress  queries that are done
 * @throws TandemError as `search`
 */
export async function compareRules(
  index: Compared,
  rules: readonly Rule[],
  queries: readonly GoldenQuery[],
  onProgress?: (done: number) => void,
): Promise<ComparedRules> {
  const all = index.curatedBy(rules);
  const alone = new Map(rules.map(rule => [rule.id, index.curatedBy([rule])]));
  const ruled = new Map<string, RuledQuery[]>(rules.map(({ id }) => [id, []]));
  let held = 0;
  let changed = 0;
  for (const [done, { text, country, language }] of queries.entries()) {
    const asked = { text, country, language, k: notedHits };
    const curated = await all.search(asked);
    onProgress?.(done + 1);
    if (curated.rules === undefined) continue;
    held++;
    const before = idsOf(await index.search({ ...asked, rules: false }));
    if (idsOf(curated).join('\0') !== before.join('\0')) changed++;
    for (const { id } of curated.rules) {
      const by = await alone.get(id)?.search(asked);
      if (by?.rules === undefined) continue;
      const [{ id: _, ...told }] = by.rules;
      ruled.get(id)?.push({ query: text, ...told, ...difference(before, idsOf(by)) });
    }
  }
  const missing = new Map((await unknownIds(id => index.get(id), rules)).map(({ rule, ids }) => [rule, ids]));
  const compared = rules.map(
    (rule): ComparedRule => ({
      id: rule.id,
      state: stateOf(rule, Date.now()),
      queries: ruled.get(rule.id) ?? [],
      unknown: missing.get(rule.id) ?? [],
    }),
  );
  return { queries: queries.length, held, changed, rules: compared };
}

const idsOf = ({ hits }: { readonly hits: readonly { readonly id: string }[] }): string[] => hits.map(({ id }) => id);

/** Of two lists of ids: what came, what went, and how many of the rest stand at another place among themselves and what came. */
function difference(before: readonly string[], after: readonly string[]): Pick<RuledQuery, 'came' | 'went' | 'moved'> {
  return {
    came: after.filter(id => !before.includes(id)),
    went: before.filter(id => !after.includes(id)),
    moved: after.filter((id, place) => before.includes(id) && before[place] !== id).length,
  };
}

function stateOf({ when: { from, until } = {} }: Rule, now: number): ComparedRule['state'] {
  if (from !== undefined && now < (parseDate(from) ?? 0)) return 'waiting';
  return until !== undefined && now >= (parseDate(until) ?? 0) ? 'over' : 'holds';
}
