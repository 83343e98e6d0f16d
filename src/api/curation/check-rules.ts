import { checkRules, type Rule, type RuleInput } from '../../curation/rule.js';
import { type Compared, compareRules } from '../../evaluation/golden/compare-rules.js';
import type { ComparedRules } from '../../evaluation/golden/compared-rules.js';
import { readGolden } from '../../evaluation/golden/golden-file.js';
import { checkOptions, path, rows, watch } from '../check-options.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';
import { withSearch } from '../indexes/open-search.js';
import type { CompareRulesOptions } from '../options.js';
import type { Watch } from '../watch.js';
import { writeWatched } from '../write-watched.js';
import { readRulesFile } from './rules-file.js';

export type { ComparedRule, ComparedRules, RuledQuery } from '../../evaluation/golden/compared-rules.js';

/** What `compareRules` of the library does. */
export async function compareRulesAt(folder: string, options: CompareRulesOptions): Promise<ComparedRules> {
  checkOptions('compareRules', { folder, ...options }, { folder: path, golden: path, rules: rows.optional(), watch });
  const { golden, rules, watch: told } = options;
  return writeWatched([], told, each => compareOn({ index: folder, golden, rules }, each));
}

export interface ComparedOn {
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  readonly golden: string;
  /** that are looked at in place of those of the index */
  readonly rules?: string | readonly RuleInput[];
}

const readRules = async (given: string | readonly RuleInput[]): Promise<readonly Rule[]> =>
  typeof given === 'string' ? readRulesFile(given) : checkRules(given);

/** Shows on golden queries what each rule changes; the index stays as it is. @throws TandemError 'data/*' | 'rules/invalid' | 'index/*' | 'cluster/*' */
export async function compareOn(
  { index: name, place = {}, golden, rules }: ComparedOn,
  { progress: begin }: Pick<Watch, 'progress'>,
): Promise<ComparedRules> {
  const queries = await readGolden(golden);
  const given = rules === undefined ? undefined : await readRules(rules);
  return withRuledIndex(name, place, async index => {
    const progress = begin('asking golden queries', 'queries', queries.length);
    try {
      return await compareRules(index, given ?? (await index.rules()), queries, done => progress.update(done));
    } finally {
      progress.finish();
    }
  });
}

type RuledIndex = Compared & { rules(): Promise<readonly Rule[]> };

async function withRuledIndex<T>(
  name: string,
  choice: BackendChoice,
  use: (index: RuledIndex) => Promise<T>,
): Promise<T> {
  const place = clusterPlace(name, choice);
  if (place === undefined) return withSearch(name, ({ index }) => use(index));
  const { openClusterSearch } = await import('../indexes/open-cluster.js');
  const { index, close } = await openClusterSearch(place);
  return use(index).finally(close);
}
