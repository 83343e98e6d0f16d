import { countFacets } from '../columns/facets.js';
import { countGroups, type GroupValue, groupColumn, outsideGroups } from '../columns/groups.js';
import { checkAttribute, type ReadyClause, type ReadyFilter } from '../columns/ready-filter.js';
import type { SegmentColumns } from '../columns/segment-columns.js';
import { TandemError } from '../errors/tandem-error.js';
import { finish } from '../math/finish.js';
import type { Facet, FacetRequest, Query, SortKey } from '../query/query.js';
import type { Candidate } from '../ranking/candidate.js';
import type { WordMatches } from '../ranking/match.js';
import type { AskedTerms } from '../text/asked-terms.js';
import { type AcceptedDocuments, acceptedDocuments } from './accepted.js';
import { type Explanation, explainProximity } from './explain.js';
import type { Grouping } from './grouping.js';
import type { IndexView } from './index-view.js';
import { keptHits } from './kept-hits.js';
import { collations, orderKeys } from './order-keys.js';
import { findCandidates, foundSoon, type PlannedSearch } from './planned-search.js';
import { type ProximityPlan, planProximity, SegmentProximity } from './proximity.js';
import type { Question } from './question.js';
import { scoreDocuments, type TokenFeatures } from './score-documents.js';
import type { SearchedIndex } from './searched-index.js';
import type { SegmentReader } from './segment-reader.js';
import { compileQuery, compileTerms } from './tree/compile.js';
import { explainTree } from './tree/explain-tree.js';
import { compileFunctions, type Factor, functionBody } from './tree/functions.js';
import { placeOf, placesOf } from './tree/iterate.js';
import { matchingEverywhere } from './tree/matching.js';
import type { QueryNode } from './tree/node.js';
import { plainBag } from './tree/plain-terms.js';
import { requirements } from './tree/requirements.js';
import { knownShare } from './wanted-terms.js';
import { wordMatches } from './word-matches.js';

/** How many documents match, and how many of them have which values. */
export interface MatchCounts {
  readonly total: number;
  readonly facets: readonly Facet[];
}

export interface WantedHits {
  /** integer >= 1 */
  readonly k: number;
  /** whether a document may be a hit; asked only for documents that would be among the best k */
  readonly accept?: (id: string) => boolean;
  /** by score, best first, when absent or empty */
  readonly sort?: readonly SortKey[];
  /** at most so many hits with the same value of an attribute */
  readonly grouping?: Grouping;
}

/**
 * A question to a token index, analysed and compiled once for all that is asked of it. It follows the index: what is written between two of its
 * answers is in the second one.
 */
export interface PreparedQuery {
  /**
   * The documents that match and pass the filter, best first or in the order asked for, ties by id in code-unit order. Of a text those that hold a
   * term of it. The k best are the first ones of any larger k. With groups the hits are those that are left of all when each group is cut to its first ones.
   * @throws TandemError 'request/invalid' | 'search/bad-filter'
   */
  search(wanted: WantedHits): Candidate[];
  /** The same, work that tells its units (src/search/turns.ts). What is written meanwhile may be among the hits or not. */
  searching(wanted: WantedHits): Generator<number, Candidate[]>;
  /** What takes long in texts and in conditions on words, done before they are asked; see turns.ts of src/search. @yields units of work */
  warming(): Generator<number, void>;
  /** Every document that matches and passes the filter: what facets count. */
  matching(): AcceptedDocuments;
  /** Every document that may be found in other ways, such as by its vector: it passes the filter and what the query demands; undefined = all. */
  eligible(): AcceptedDocuments | undefined;
  /** The same, work that tells its units. */
  sifting(): Generator<number, AcceptedDocuments | undefined>;
  /**
   * Counts the documents that match and pass the filter, and the values of their attributes.
   * @throws TandemError 'search/bad-filter' for an attribute whose values are not kept
   */
  count(facets: readonly FacetRequest[]): MatchCounts;
  /** The same, work that tells its units (src/search/turns.ts). */
  counting(facets: readonly FacetRequest[]): Generator<number, MatchCounts>;
  /** The group of a document; undefined where it is one of its own. @throws TandemError 'search/bad-filter' */
  groupOf(field: string): (id: string) => GroupValue | undefined;
  /** Every document that is in none of some groups and may be found in other ways, see eligible. */
  outside(field: string, groups: ReadonlySet<GroupValue>): AcceptedDocuments;
  /** How many documents that match and pass the filter each of some groups has. @throws TandemError 'search/bad-filter' */
  countGroups(field: string, groups: Iterable<GroupValue>): ReadonlyMap<GroupValue, number>;
  /** What the query gives some documents, whether or not a search would find them. @returns a value for each id; 0 for unknown ones */
  features(ids: readonly string[]): TokenFeatures;
  /** Where some documents hold the words of its text; without a text there are no words. @param ids  unknown ones have no match */
  matches(ids: readonly string[]): WordMatches;
  /** The least number of an attribute (dates as milliseconds since 1970) of some documents; NaN where there is none. */
  numbers(field: string, ids: readonly string[]): Float64Array;
  /** The texts of an attribute of some documents. */
  texts(field: string, ids: readonly string[]): readonly (readonly string[])[];
  /**
   * The score of one document part by part, with the proximity that it gets where it is among the best 100; value 0 where it does not match, undefined
   * where there is no such document.
   */
  explain(id: string): Explanation | undefined;
  /** The chain of its language: of the one that it names, or of the one that it is guessed to be in. */
  language(): string;
  /** What a bag of words asks for, mended and expanded. @param text  the question's own when absent */
  asked(text?: string): readonly AskedTerms[];
  /** The same of its own text when the vocabulary of the index mends it, whether or not searches are mended. */
  mended(): readonly AskedTerms[];
  /** Share of the query's words, by idf, that some document holds, (0, 1]; 1 for a tree, and for terms given in place of a text. */
  coverage(): number;
  /** What a term counts by its rareness; unknown terms too. */
  idf(term: string): number;
  /** What it asks for, compiled: what an index that lies elsewhere is asked by. */
  plan(): QueryPlan;
}

/** A question as it is compiled. */
export interface QueryPlan {
  /** undefined where nothing is asked */
  readonly node: QueryNode | undefined;
  /** what a document must meet however it is found; undefined where there is nothing beside the filter */
  readonly demanded: QueryNode | undefined;
  readonly filter: ReadyFilter;
  /** names of the fields by their numbers */
  readonly fields: readonly string[];
}

/** Units of all texts of a question that are analysed in one go. */
const shortTexts = 256;
/** Units of work that it takes to compile long texts that are analysed, about. */
const compileWork = 2 ** 14;

/** Units of work that it takes to find what a prefix or a fuzzy word stands for, about. */
const expandWork = 2 ** 10;

/** What stays right until something is written. */
interface Compiled {
  readonly view: IndexView;
  /** undefined where nothing is asked */
  readonly node: QueryNode | undefined;
  readonly filter: ReadyFilter;
  /** undefined where proximity does not count */
  readonly proximity: ProximityPlan | undefined;
  readonly isPresent: () => boolean;
}

/** @throws TandemError 'text/bad-language'; what else is wrong with the question is told by what is asked of it */
export function prepareQuery(index: SearchedIndex, question: Question): PreparedQuery {
  const { functions = [], filter = [] } = question;
  const now = question.now ?? Date.now();
  const timed = { ...question, now };
  const { spelling = index.options.spelling } = question;
  let compiled: Compiled | undefined;
  let factors: readonly Factor[] | undefined = functions.length === 0 ? [] : undefined;
  index.chains.analyzer(question.language);
  const language = question.language || index.options.language;

  const present = (): Compiled => {
    if (compiled?.isPresent()) return compiled;
    compiled = compileIn(index.view(timed), index.watch());
    return compiled;
  };
  const compileIn = (view: IndexView, isPresent: () => boolean): Compiled => {
    const node = compileQuestion(view, timed);
    return { view, node, filter: filter.map(view.ready), proximity: node && proximityPlan(view), isPresent };
  };
  function* warmTexts(texts: readonly string[]): Generator<number, void> {
    const isPresent = index.watch();
    const view = index.view(timed);
    for (const text of texts) yield* view.asking(text);
    if (!isPresent()) return;
    compiled = compileIn(view, isPresent);
    yield compileWork;
  }
  function* warmConditions(): Generator<number, void> {
    const known = compiled?.isPresent() === true;
    const { view, node, filter: ready } = present();
    if (!known && 'query' in question) yield expandedIn(question.query) * expandWork;
    const clauses = [...ready, ...(node === undefined ? [] : conditionsIn(node))].filter(asksForWords);
    if (clauses.length > 0) yield* warm(view, clauses);
  }
  /** Proximity counts for a bag of words alone, and where nothing else orders the hits. */
  const proximityPlan = (view: IndexView): ProximityPlan | undefined => {
    if (!index.options.proximity || functions.length > 0) return undefined;
    const text = 'query' in question ? plainBag(question.query) : textOf(question);
    return text === undefined ? undefined : planProximity(view.asked(text), index.df, view.weighting.idf);
  };
  const multipliers = (): readonly Factor[] => {
    if (factors !== undefined) return factors;
    for (const { field } of functions.map(functionBody)) checkAttribute(field, index.texts);
    factors = compileFunctions(functions, now);
    return factors;
  };
  function* accepting(node: QueryNode | undefined): Generator<number, AcceptedDocuments> {
    const { view, filter: ready } = present();
    if (node === undefined) return acceptedDocuments([], []);
    const segments = placesOf(view).map(({ segment }) => segment);
    return acceptedDocuments(segments, yield* matchingEverywhere(view, node, ready));
  }
  const matching = (): AcceptedDocuments => finish(accepting(present().node));
  function* counting(facets: readonly FacetRequest[]): Generator<number, MatchCounts> {
    for (const { field } of facets) checkAttribute(field, index.texts);
    const { count, segments, documents } = yield* accepting(present().node);
    if (facets.length === 0) return { total: count, facets: [] };
    const ordered = facets.filter(facet => !('ranges' in facet));
    const collate = collations(segments, ordered, language);
    return { total: count, facets: yield* countFacets(segments, documents, facets, collate) };
  }

  function* sifting(): Generator<number, AcceptedDocuments | undefined> {
    const required = 'query' in question ? requirements(question.query) : undefined;
    if (required !== undefined) return yield* accepting(compileQuestion(present().view, { ...timed, query: required }));
    return filter.length === 0 ? undefined : index.accepted(present().filter);
  }
  const eligible = (): AcceptedDocuments | undefined => finish(sifting());

  const planned = ({ k, accept, sort: asked = [], grouping }: WantedHits): PlannedSearch | undefined => {
    const sort = isByScore(asked) ? [] : asked;
    if (!(Number.isInteger(k) && k >= 1))
      throw new TandemError('request/invalid', `k must be a whole number of at least 1, got ${k}`);
    for (const { field } of sort) if (field !== '_score') checkAttribute(field, index.texts);
    if (grouping !== undefined) checkAttribute(grouping.field, index.texts);
    const { view, node, filter: ready, proximity, isPresent } = present();
    const multiplied = multipliers();
    if (node === undefined) return undefined;
    index.segments.noteSearch();
    const plan = sort.length > 0 ? undefined : proximity;
    const keys = orderKeys(index.segments.all, sort, language);
    return {
      view,
      node,
      wanted: { k, accept, filter: ready, factors: multiplied, sort: keys },
      plan,
      grouping,
      isPresent,
    };
  };
  const best = keptHits();
  function* searching(hits: WantedHits): Generator<number, Candidate[]> {
    const search = planned(hits);
    const known = search && best.find(search);
    if (search === undefined || known !== undefined) return known ?? [];
    const isPresent = index.watchDocuments();
    const found = foundSoon(index, search) ?? (yield* findCandidates(index, search));
    best.keep(search, found, isPresent);
    return found;
  }

  return {
    search: hits => finish(searching(hits)),
    searching,
    *warming() {
      const texts = 'query' in question ? textsIn(question.query) : [textOf(question) ?? ''];
      for (const { dictionary, words } of index.segments.stored)
        if ('query' in question || (spelling && words === undefined)) yield* dictionary.preparingNear();
      const isLong = texts.reduce((sum, { length }) => sum + length, 0) > shortTexts;
      const learns = spelling && index.segments.stored.some(({ words }) => words?.isLearnt === false);
      if (isLong || learns) yield* warmTexts(texts);
      yield* warmConditions();
    },
    matching,
    eligible,
    sifting,
    count: facets => finish(counting(facets)),
    counting,
    groupOf: field => {
      checkAttribute(field, index.texts);
      const columns = ofSegments(segment => groupColumn(segment.columns, field));
      return id => {
        const found = index.segments.find(id);
        return found && columns(found.segment)(found.doc);
      };
    },
    outside: (field, groups) => {
      checkAttribute(field, index.texts);
      const { segments, documents } = eligible() ?? index.accepted([]);
      return acceptedDocuments(
        segments,
        segments.map((segment, place) => outsideGroups(segment, field, documents[place], groups)),
      );
    },
    countGroups: (field, groups) => {
      checkAttribute(field, index.texts);
      const counts = new Map(Array.from(groups, group => [group, 0]));
      const { segments, documents } = matching();
      for (const [place, segment] of segments.entries()) countGroups(segment, field, documents[place], counts);
      return counts;
    },
    features: ids => {
      const { view, node, proximity } = present();
      const located = ids.map(id => index.segments.find(id));
      return scoreDocuments(view, node, multipliers(), proximity, located);
    },
    matches: ids => {
      const { view } = present();
      const text = 'query' in question ? plainBag(question.query) : textOf(question);
      const located = ids.map(id => index.segments.find(id));
      return wordMatches(text === undefined ? [] : view.asked(text), located, view.fields, index.df, view.weighting);
    },
    numbers: (field, ids) => {
      const columns = ofSegments(segment => segment.columns.numbers(field));
      return Float64Array.from(ids, id => {
        const found = index.segments.find(id);
        return found === undefined ? Number.NaN : (columns(found.segment)?.least(found.doc) ?? Number.NaN);
      });
    },
    texts: (field, ids) => {
      const columns = ofSegments(segment => segment.columns.keywords(field));
      return ids.map(id => {
        const found = index.segments.find(id);
        const column = found && columns(found.segment);
        if (found === undefined || column === undefined) return [];
        return column.ordinals(found.doc).map(ordinal => column.value(ordinal));
      });
    },
    explain: id => {
      const found = index.segments.find(id);
      if (found === undefined) return undefined;
      const { view, node, proximity } = present();
      const { segment, doc } = found;
      const explained = explainTree(view, placeOf(view, segment), node, multipliers(), doc);
      if (proximity === undefined || explained.details.length === 0) return explained;
      return explainProximity(explained, new SegmentProximity(segment, proximity), doc);
    },
    language: () => present().view.analyzer.language,
    asked: (text = textOf(question) ?? '') => present().view.asked(text),
    mended: () => {
      const text = textOf(question) ?? '';
      if (spelling) return present().view.asked(text);
      return index.asked(text, present().view.analyzer.language, { mends: true, synonyms: true });
    },
    coverage: () => {
      const text = textOf(question);
      return text === undefined ? 1 : knownShare(present().view.asked(text), index.df, index.idf);
    },
    idf: term => index.idf(index.df(term)),
    plan: () => {
      const { node, filter: ready, view } = present();
      const required = 'query' in question ? requirements(question.query) : undefined;
      const demanded = required && compileQuestion(view, { ...timed, query: required });
      return { node, demanded, filter: ready, fields: view.fields };
    },
  };
}

/** What is made of a segment once, when a document of it is first met. */
function ofSegments<T>(make: (segment: SegmentReader) => T): (segment: SegmentReader) => T {
  const made = new Map<SegmentReader, { readonly value: T }>();
  return segment => {
    const known = made.get(segment) ?? { value: make(segment) };
    made.set(segment, known);
    return known.value;
  };
}

/** The text whose words are asked for; undefined for a tree, and for terms in place of a text. */
const textOf = (question: Question): string | undefined =>
  'query' in question || question.tokens !== undefined ? undefined : question.text;

/**
 * @returns undefined where nothing is asked
 * @throws TandemError 'request/invalid' | 'search/bad-filter'
 */
function compileQuestion(view: IndexView, question: Question): QueryNode | undefined {
  if ('query' in question) return compileQuery(question.query, view);
  return question.tokens === undefined
    ? compileQuery({ bag: { text: question.text } }, view)
    : compileTerms(question.tokens, view);
}

function* warm(view: IndexView, clauses: readonly ReadyClause[]): Generator<number, void> {
  for (const columns of placesOf(view).map(({ segment }): SegmentColumns => segment.columns))
    for (const clause of clauses) yield* columns.warm?.(clause) ?? [];
}

const asksForWords = (clause: ReadyClause): boolean =>
  'words' in clause || ('any' in clause ? clause.any.some(asksForWords) : 'not' in clause && asksForWords(clause.not));

function conditionsIn(node: QueryNode): readonly ReadyClause[] {
  if (node.kind === 'filter') return [node.clause];
  if (node.kind === 'unscored') return conditionsIn(node.node);
  return node.kind === 'bool' ? [...node.must, ...node.should, ...node.mustNot].flatMap(conditionsIn) : [];
}

/** The texts of a query whose words are mended. */
function textsIn(query: Query): readonly string[] {
  if ('bag' in query) return [query.bag.text];
  if ('phrase' in query) return [query.phrase.text];
  if (!('bool' in query)) return [];
  const { must = [], should = [], mustNot = [] } = query.bool;
  return [...must, ...should, ...mustNot].flatMap(textsIn);
}

/** How many prefixes and fuzzy words a query has. */
function expandedIn(query: Query): number {
  if ('prefix' in query || 'fuzzy' in query) return 1;
  if (!('bool' in query)) return 0;
  const { must = [], should = [], mustNot = [] } = query.bool;
  return [...must, ...should, ...mustNot].reduce((sum, each) => sum + expandedIn(each), 0);
}

/** Whether a sort asks for what no sort gives. */
const isByScore = (keys: readonly SortKey[]): boolean =>
  keys.length === 1 && keys[0].field === '_score' && keys[0].order === 'descending';
