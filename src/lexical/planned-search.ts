import type { Candidate } from '../ranking/candidate.js';
import { proximityRanker } from '../ranking/proximity.js';
import { firstOfGroups, type Grouping, groupNumbers } from './grouping.js';
import type { IndexView } from './index-view.js';
import type { ProximityPlan } from './proximity.js';
import { rescore } from './rescore.js';
import type { SearchedIndex } from './searched-index.js';
import type { FoundDocument } from './top-k.js';
import type { QueryNode } from './tree/node.js';
import { retrieveGroups, retrieveSoon, retrieveTree, type Scratch, type Wanted } from './tree/retrieve-tree.js';

/** A search that is checked and compiled. */
export interface PlannedSearch {
  readonly view: IndexView;
  readonly node: QueryNode;
  readonly wanted: Wanted;
  /** undefined where proximity does not count */
  readonly plan: ProximityPlan | undefined;
  readonly grouping: Grouping | undefined;
  readonly isPresent: () => boolean;
}

type Lender = Pick<SearchedIndex, 'borrowScratch' | 'giveBack'>;

/** The hits where they take so little that nobody has to wait for them; undefined where they take more. */
export function foundSoon(index: Lender, search: PlannedSearch): Candidate[] | undefined {
  const { view, node, grouping } = search;
  if (grouping !== undefined) return undefined;
  const scratch = index.borrowScratch();
  try {
    const found = retrieveSoon(view, node, depthOf(search), scratch);
    return found && candidates(ranked(found, search));
  } finally {
    index.giveBack(scratch);
  }
}

/** The hits; work that tells its units (src/search/turns.ts). */
export function* findCandidates(index: Lender, search: PlannedSearch): Generator<number, Candidate[]> {
  const { view, node, isPresent } = search;
  const scratch = index.borrowScratch();
  try {
    const found =
      search.grouping === undefined
        ? ranked(yield* retrieveTree(view, node, depthOf(search), scratch), search)
        : yield* searchGroups(search, search.grouping, scratch);
    // what was replaced meanwhile may have been met twice
    return isPresent() ? candidates(found) : eachOnce(candidates(found));
  } finally {
    index.giveBack(scratch);
  }
}
function eachOnce(found: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return found.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Proximity ranks its best documents anew, so that these are looked for also where fewer are wanted. */
const depthOf = ({ wanted, plan }: PlannedSearch): Wanted =>
  plan === undefined ? wanted : { ...wanted, k: Math.max(wanted.k, proximityRanker.depth) };

const ranked = (found: readonly FoundDocument[], { wanted, plan }: PlannedSearch): readonly FoundDocument[] =>
  plan === undefined ? found : rescore(found, plan).slice(0, wanted.k);

const candidates = (found: readonly FoundDocument[]): Candidate[] =>
  found.map(({ segment, doc, score }) => ({ id: segment.idOf(doc), score }));

function* searchGroups(
  { view, node, wanted, plan }: PlannedSearch,
  { field, size }: Grouping,
  scratch: Scratch,
): Generator<number, readonly FoundDocument[]> {
  const groups = groupNumbers(field);
  const depth = plan === undefined ? 0 : proximityRanker.depth;
  const { head, rest } = yield* retrieveGroups(view, node, { ...wanted, groups, size, depth }, scratch);
  const best = plan === undefined ? head : rescore(head, plan);
  const first = firstOfGroups<FoundDocument>(({ segment, doc }) => groups.of(segment, doc), size);
  return first([...best, ...rest]).slice(0, wanted.k);
}
