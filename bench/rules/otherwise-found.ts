import { join } from 'node:path';
import { openSearch } from '../../src/api/indexes/open-search.js';
import { createRuleMatcher, type MatcherParts } from '../../src/curation/match-rules.js';
import { checkRules } from '../../src/curation/rule.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { type SaidOtherwise, saidOtherwise } from './said-otherwise.js';

/** Shares of what is asked for which rules hold, each in [0, 1]. */
export interface OtherwiseFound {
  /** the cosine of the rules; undefined: what rules have that name none */
  readonly cosine?: number;
  readonly reworded: number;
  readonly otherWords: number;
  /** of what is asked, with each rule that is about something else */
  readonly others: number;
}

const country = 'US';
const cosines = [0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];

/** At several cosines. @param folder  that `tandem demo --dir` wrote, or another one with an index that has a model */
export async function otherwiseFoundBy(folder: string): Promise<readonly OtherwiseFound[]> {
  const { embedder, close } = await openSearch(join(folder, 'index'));
  if (embedder === undefined) throw new TandemError('index/no-vectors', `${folder}: its index has no model`);
  const known = new Map<string, ReturnType<typeof embedder.embedQuery>>();
  const embedOnce: typeof embedder.embedQuery = query => {
    const found = known.get(query.text) ?? embedder.embedQuery(query);
    known.set(query.text, found);
    return found;
  };
  const measured: OtherwiseFound[] = [];
  for (const cosine of cosines) measured.push(await otherwiseFound(embedOnce, cosine));
  await close();
  return measured;
}

/** What rules that are near in meaning find of what is said otherwise, and of what is about something else. */
export async function otherwiseFound(
  embedQuery: NonNullable<MatcherParts['embedQuery']>,
  cosine?: number,
  groups: readonly SaidOtherwise[] = saidOtherwise,
): Promise<OtherwiseFound> {
  const analyzer = createAnalyzer('en');
  const rules = groups.map(({ examples }, i) => ({
    id: String(i),
    when: { near: { examples: [...examples], ...(cosine !== undefined && { cosine }) }, countries: [country] },
    pin: ['a'],
  }));
  const matcher = createRuleMatcher(checkRules(rules), { analyzer: () => analyzer, embedQuery });
  let others = 0;
  const heldFor = async (kind: 'reworded' | 'otherWords'): Promise<readonly [held: number, asked: number]> => {
    let [held, asked] = [0, 0];
    for (const [i, group] of groups.entries()) {
      for (const text of group[kind]) {
        const found = await matcher.match({ text, country }, 0);
        const own = found.filter(({ rule }) => rule.id === String(i)).length;
        held += own;
        others += found.length - own;
        asked++;
      }
    }
    return [held, asked];
  };
  const [[reworded, ofReworded], [otherWords, ofOther]] = [await heldFor('reworded'), await heldFor('otherWords')];
  return {
    ...(cosine !== undefined && { cosine }),
    reworded: reworded / ofReworded,
    otherWords: otherWords / ofOther,
    others: others / ((ofReworded + ofOther) * (groups.length - 1)),
  };
}
