import type { MatchedSearch, RuleMatcher } from '../curation/match-rules.js';
import {
  type AppliedRule,
  actionsOf,
  type HitRule,
  type Rule,
  type RuleAction,
  type RuleTarget,
  ruleActions,
} from '../curation/rule.js';
import type { PreparedQuery } from '../lexical/prepared-query.js';
import type { Question } from '../lexical/question.js';
import type { Filter, FilterClause } from '../query/filter.js';
import type { Query } from '../query/query.js';
import type { Candidate } from '../ranking/candidate.js';
import { takeByGroup } from './nearest.js';
import type { SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';
import { inTurns } from './turns.js';

/** A search that rules hold for. */
export interface Curation {
  /** as it is searched: with the text that was put in the place of its own, and without what is hidden */
  readonly request: SearchRequest;
  /** whether the order of all hits decides, not of those that are shown alone */
  readonly reorders: boolean;
  /** hits that are needed beside those that are wanted: pinned ones may be taken from among them */
  readonly more: number;
  /** Boosts and buries. @param ranked  best first */
  move(ranked: readonly Candidate[]): Promise<readonly Candidate[]>;
  /** Puts pinned documents at their places among hits that stand in their order. */
  place(retrieved: Retrieved, ranked: readonly Candidate[]): Promise<readonly Candidate[]>;
  /** What counts the documents that match, and pinned ones with them. After `place`. */
  counting(retrieved: Retrieved): Pick<PreparedQuery, 'counting' | 'groupOf' | 'countGroups'>;
  /** Pinned documents that are not among some hits, though they may be shown. After `place`. */
  pinnedBeside(ranked: readonly Candidate[]): number;
  /** What was done. After `place`. */
  told(): { readonly rules: readonly AppliedRule[]; readonly redirect?: string };
  /** What was done to a hit. After `place`. */
  of(id: string): { readonly rules?: readonly HitRule[] };
  /** The rules that name a document or put another text in the place of the one that was typed, with those of their actions. */
  concerning(id: string): Promise<readonly AppliedRule[]>;
}

/**
 * The rules that hold for a search, and what they make of it. A rule sees the text as it was typed, whatever others put in its place; of rules that want what
 * only one can have, the first one has it.
 * @param request  checked
 * @returns undefined where none holds
 */
export async function curate(
  parts: Pick<IndexParts, 'tokens'>,
  matcher: RuleMatcher,
  request: SearchRequest,
): Promise<Curation | undefined> {
  if (request.rules === false) return undefined;
  const matched = await matcher.match(request, Date.now());
  if (matched.length === 0) return undefined;
  const rules = matched.map(({ rule }) => rule);
  const [key] = request.sort ?? [];
  const isSorted = key !== undefined && !(key.field === '_score' && key.order === 'descending');
  const typed = request.query === undefined && request.tokens === undefined && (request.text ?? '') !== '';
  const replacing = typed ? rules.find(({ replace }) => replace !== undefined) : undefined;
  const hidden = rules.flatMap(({ hide }) => (hide === undefined ? [] : hiding(hide)));
  // who sorts wants that order and no other
  const moving = isSorted ? [] : rules.filter(({ boost, bury }) => boost !== undefined || bury !== undefined);
  const wanted = isSorted ? [] : pinsOf(rules);
  const redirecting = rules.find(({ redirect }) => redirect !== undefined);
  const done = new Map<string, HitRule[]>();
  const note = (id: string, rule: HitRule): void => void done.set(id, [...(done.get(id) ?? []), rule]);
  let pinned: readonly Pin[] = [];

  const acts = (rule: Rule, action: RuleAction): boolean => {
    if (action === 'replace') return rule === replacing;
    if (action === 'redirect') return rule === redirecting;
    if (action === 'pin') return pinned.some(pin => pin.rule === rule.id);
    return action === 'hide' || !isSorted;
  };

  return {
    request: {
      ...request,
      ...(replacing && { text: replacing.replace, typing: false }),
      ...(hidden.length > 0 && { filter: [...(request.filter ?? []), ...hidden] }),
    },
    reorders: moving.length > 0,
    more: wanted.length,
    move: async ranked => (moving.length === 0 ? ranked : move(parts, moving, ranked, note)),
    place: async (retrieved, ranked) => {
      pinned = wanted.length === 0 ? [] : await shownPins(parts, retrieved, wanted);
      const take = takingOf(retrieved, request);
      pinned = pinned.filter(({ id }) => take(id));
      for (const { id, position, rule } of pinned) note(id, { id: rule, action: 'pin', position });
      if (pinned.length === 0) return ranked;
      const ids = new Set(pinned.map(({ id }) => id));
      return place(
        pinned,
        ranked.filter(({ id }) => ids.has(id) || take(id)),
      );
    },
    counting: ({ prepared, read: { question } }) => {
      const tree = treeOf(question);
      if (pinned.length === 0 || tree === undefined) return prepared;
      const ids: Query = { filter: { terms: { field: 'id', values: pinned.map(({ id }) => id) } } };
      const { language, filter, spelling, fieldWeights } = question;
      return parts.tokens.prepare({
        query: { bool: { should: [tree, ids] } },
        language,
        filter,
        spelling,
        fieldWeights,
      });
    },
    pinnedBeside: ranked => {
      const ids = new Set(ranked.map(({ id }) => id));
      return pinned.filter(({ id }) => !ids.has(id)).length;
    },
    told: () => ({
      rules: matched.map(({ rule, cosine }) => {
        const actions = actionsOf(rule).filter(action => acts(rule, action));
        return appliedRule(rule, actions, cosine);
      }),
      ...(redirecting && { redirect: redirecting.redirect }),
    }),
    of: id => (done.has(id) ? { rules: done.get(id) } : {}),
    concerning: async id => {
      const concerned: AppliedRule[] = [];
      for (const { rule, cosine } of matched) {
        const targets = [rule.hide, rule.boost, rule.bury];
        const named = await Promise.all(targets.map(async each => each && (await targeted(parts.tokens, each))(id)));
        const [hides, boosts, buries] = named;
        const does = {
          ...{ hide: hides, boost: boosts, bury: buries, redirect: false },
          pin: rule.pin?.some(pin => pin.id === id),
          replace: rule === replacing,
        };
        const actions = ruleActions.filter(action => does[action]);
        if (actions.length > 0) concerned.push(appliedRule(rule, actions, cosine));
      }
      return concerned;
    },
  };
}

const appliedRule = (rule: Rule, actions: readonly RuleAction[], cosine: number | undefined): AppliedRule => ({
  id: rule.id,
  actions,
  ...(cosine !== undefined && { cosine }),
  ...(actions.includes('replace') && { text: rule.replace }),
});

/** What is hidden from who types a text so far, by the rules that hold for it as it stands; none where nothing is. */
export async function hiddenFrom(matcher: RuleMatcher | undefined, typed: MatchedSearch): Promise<FilterClause[]> {
  const matched = matcher === undefined ? [] : await matcher.match(typed, Date.now());
  return matched.flatMap(({ rule: { hide } }) => (hide === undefined ? [] : hiding(hide)));
}

/** Clauses that none of the documents meet. */
function hiding({ ids, filter = [] }: RuleTarget): FilterClause[] {
  const clauses: FilterClause[] = [];
  if (ids !== undefined) clauses.push({ not: { terms: { field: 'id', values: ids } } });
  // not all of them: one does not hold
  if (filter.length > 0) clauses.push({ any: filter.map(clause => ({ not: clause })) });
  return clauses;
}

/** A document at its place. */
interface Pin {
  readonly id: string;
  /** from 1 */
  readonly position: number;
  readonly rule: string;
}

/** Each document once, and each at a place of its own: the one that was asked for or the next that is free. In the order of their places. */
function pinsOf(rules: readonly Rule[]): Pin[] {
  const taken = new Set<number>();
  const known = new Set<string>();
  const pins: Pin[] = [];
  for (const { id: rule, pin = [] } of rules) {
    for (const { id, position: asked } of pin) {
      if (known.has(id)) continue;
      let position = asked;
      while (taken.has(position)) position++;
      taken.add(position);
      known.add(id);
      pins.push({ id, position, rule });
    }
  }
  return pins.sort((a, b) => a.position - b.position);
}

/** The pins whose documents are there, meet the filter of the request and are not hidden. */
async function shownPins(
  { tokens }: Pick<IndexParts, 'tokens'>,
  { read: { question } }: Retrieved,
  pins: readonly Pin[],
): Promise<readonly Pin[]> {
  const ids: FilterClause = { terms: { field: 'id', values: pins.map(({ id }) => id) } };
  const accepted = await accepting(tokens, [...(question.filter ?? []), ids], question.language);
  return pins.filter(({ id }) => accepted(id));
}

async function accepting(
  tokens: IndexParts['tokens'],
  filter: Filter,
  language?: string,
): Promise<(id: string) => boolean> {
  const prepared = tokens.prepare({ query: { all: {} }, filter, language });
  await inTurns(prepared.warming());
  const accepted = await inTurns(prepared.sifting());
  return id => accepted?.has(id) ?? true;
}

/** The pinned ones at their places, the others around them in their order; places behind the last hit move up to it. */
function place(pins: readonly Pin[], ranked: readonly Candidate[]): Candidate[] {
  const at = new Map(pins.map(({ position, id }) => [position, id]));
  const scores = new Map(ranked.map(({ id, score }) => [id, score]));
  const pinned = new Set(at.values());
  const others = ranked.filter(({ id }) => !pinned.has(id));
  const placed: Candidate[] = [];
  const put = (id: string): void => void placed.push({ id, score: scores.get(id) ?? 0 });
  let next = 0;
  while (next < others.length) {
    const id = at.get(placed.length + 1);
    if (id === undefined) placed.push(others[next++]);
    else put(id);
  }
  const known = new Set(placed.map(({ id }) => id));
  for (const { id } of pins) if (!known.has(id)) put(id);
  return placed;
}

/** Takes what has a place in its group still: pinned documents are asked first, and count in theirs. */
function takingOf({ prepared }: Retrieved, { groupBy }: SearchRequest): (id: string) => boolean {
  if (groupBy === undefined) return () => true;
  return takeByGroup({ size: groupBy.size ?? 1, groupOf: prepared.groupOf(groupBy.field) }).take;
}

/** Multiplies what scores are above a floor: 0, or where some are no higher than that a little less than the lowest, so that the lowest can be raised too. */
async function move(
  { tokens }: Pick<IndexParts, 'tokens'>,
  rules: readonly Rule[],
  ranked: readonly Candidate[],
  note: (id: string, rule: HitRule) => void,
): Promise<readonly Candidate[]> {
  if (ranked.length === 0) return ranked;
  const scores = ranked.map(({ score }) => score);
  const [high, low] = [Math.max(...scores), Math.min(...scores)];
  const floor = low > 0 ? 0 : low - Math.max(1e-6, (high - low) / 10);
  for (const rule of rules) {
    for (const action of ['boost', 'bury'] as const) {
      const target = rule[action];
      if (target === undefined) continue;
      const { by } = target;
      const concerns = await targeted(tokens, target);
      ranked.forEach(({ id }, at) => {
        if (!concerns(id)) return;
        scores[at] = floor + (scores[at] - floor) * by;
        note(id, { id: rule.id, action, by });
      });
    }
  }
  const order = ranked.map((_, at) => at).sort((a, b) => scores[b] - scores[a] || a - b);
  return order.map(at => ({ ...ranked[at], score: scores[at] }));
}

async function targeted(
  tokens: IndexParts['tokens'],
  { ids, filter = [] }: RuleTarget,
): Promise<(id: string) => boolean> {
  const named = new Set(ids);
  const meets = filter.length === 0 ? () => false : await accepting(tokens, filter);
  return id => named.has(id) || meets(id);
}

/** The same as a tree; undefined for terms that are given, which no tree has. */
function treeOf(question: Question): Query | undefined {
  if ('query' in question) return question.query;
  return question.tokens === undefined ? { bag: { text: question.text } } : undefined;
}
