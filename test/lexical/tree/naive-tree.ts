import type { DocumentRow } from '../../../src/config/rows.js';
import type { WantedHits } from '../../../src/lexical/prepared-query.js';
import type { Question } from '../../../src/lexical/question.js';
import type { TokenIndexOptions } from '../../../src/lexical/token-index.js';
import type { Query, ScoreFunction, SortKey } from '../../../src/query/query.js';
import type { Candidate } from '../../../src/ranking/candidate.js';
import { createAnalyzer } from '../../../src/text/analyzer.js';
import { weighWords } from '../naive-index.js';
import { type Documents, meets, numbersOf, stringsOf } from './naive-attributes.js';

/** A tree, and which of its hits are wanted. */
export type TreeQuestion = Extract<Question, { readonly query: unknown }> & WantedHits;

interface Word {
  readonly term: string;
  readonly position: number;
  readonly stop?: true;
}

interface Analysed {
  readonly id: string;
  readonly row: DocumentRow;
  /** by field */
  readonly fields: readonly (readonly Word[])[];
}

/** Nothing was asked: the text holds no term. */
const unasked = Symbol('unasked');
type Answer = number | undefined | typeof unasked;

/** Distances of two words by insertions, deletions, substitutions and swaps of neighbours, by recursion over their ends. */
export function editsBetween(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)];
  let least = Math.min(
    editsBetween(shortA, b) + 1,
    editsBetween(a, shortB) + 1,
    editsBetween(shortA, shortB) + (a.at(-1) === b.at(-1) ? 0 : 1),
  );
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    least = Math.min(least, editsBetween(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return least;
}

/** The moves that bring words to one place, by trying every way to place them. */
export function phraseFrequencyByAllWays(words: readonly Word[], field: readonly Word[], slop: number): number {
  const placesOf = (term: string): number[] => field.filter(word => word.term === term).map(word => word.position);
  let held = words[0];
  for (const word of words) if (placesOf(word.term).length < placesOf(held.term).length) held = word;
  const others = words.filter(word => word !== held);
  const moves = (distances: readonly number[]): number => {
    const middle = distances.toSorted((a, b) => a - b)[distances.length >> 1];
    return distances.reduce((sum, distance) => sum + Math.abs(distance - middle), 0);
  };
  const best = (at: number, taken: readonly number[], distances: readonly number[]): number => {
    if (at === others.length) return moves(distances);
    const { term, position } = others[at];
    const free = placesOf(term).filter(place => !taken.includes(place));
    return Math.min(...free.map(place => best(at + 1, [...taken, place], [...distances, place - position])));
  };
  let frequency = 0;
  for (const place of placesOf(held.term)) {
    const fewest = best(0, [place], [place - held.position]);
    if (fewest <= slop) frequency += 1 / (1 + fewest);
  }
  return frequency;
}

/** What multiplies the score of a document. */
function factorOf(each: ScoreFunction, row: DocumentRow): number {
  if ('saturation' in each) {
    const { field, pivot, weight = 1 } = each.saturation;
    const value = numbersOf(row, field).at(-1) ?? 0;
    return 1 + weight * (value > 0 ? value / (value + pivot) : 0);
  }
  const { field, shape, origin, scale, offset = 0, at = 0.5, weight = 1 } = each.decay;
  const values = numbersOf(row, field);
  if (values.length === 0) return 1;
  const distance = Math.min(...values.map(value => Math.abs(value - Number(origin))));
  const d = Math.max(0, distance - offset) / scale;
  const shapes = {
    gauss: Math.exp(Math.log(at) * d * d),
    exponential: Math.exp(Math.log(at) * d),
    linear: Math.max(0, 1 - (1 - at) * d),
  };
  return 1 + weight * shapes[shape];
}

function compareBy(keys: readonly SortKey[], a: Analysed & Candidate, b: Analysed & Candidate): number {
  for (const { field, order } of keys) {
    const value = (hit: Analysed & Candidate): number | string | undefined => {
      if (field === '_score') return hit.score;
      const values = [...numbersOf(hit.row, field), ...stringsOf(hit.row, field)];
      const numbers = numbersOf(hit.row, field);
      return order === 'ascending' ? values[0] : numbers.length > 0 ? numbers.at(-1) : values.at(-1);
    };
    const [left, right] = [value(a), value(b)];
    if (left === right) continue;
    if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
    const mixed = typeof left !== typeof right;
    const rises = mixed ? (typeof left === 'number' ? -1 : 1) : left < right ? -1 : 1;
    return order === 'ascending' ? rises : -rises;
  }
  return a.id < b.id ? -1 : 1;
}

/**
 * The oracle of trees: every document asked every part of the query, every statistic counted anew, sums in the order that the types of
 * the query promise. Knows nothing of postings, segments or iterators. Texts are plain lower-case words where they are prefixes.
 */
export function naiveTree(
  documents: Documents,
  options: TokenIndexOptions,
  question: Omit<TreeQuestion, 'k'>,
): { hits: Candidate[]; matching: Set<string> } {
  const { k1, b } = options.bm25;
  const names = Object.keys(options.fieldWeights).sort();
  const weights = names.map(name => question.fieldWeights?.[name] ?? options.fieldWeights[name]);
  const words = (text: string, language?: string): Word[] =>
    createAnalyzer(language ?? options.language)
      .analyze(text)
      .map(({ term, position, stop }) => ({ term, position, ...(stop && { stop }) }));
  const analysed: Analysed[] = [...documents.values()].map(row => ({
    id: row.id,
    row,
    fields: names.map(name => {
      const all: Word[] = [];
      for (const text of stringsAsWritten(row[name])) {
        const from = all.length === 0 ? 0 : (all.at(-1)?.position ?? 0) + 1000;
        all.push(...words(text, row.language).map(word => ({ ...word, position: from + word.position })));
      }
      return all;
    }),
  }));
  const averages = names.map((_, f) => {
    const lengths = analysed.map(({ fields }) => fields[f].length).filter(length => length > 0);
    return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  });
  const df = (term: string): number =>
    analysed.filter(({ fields }) => fields.some(field => field.some(word => word.term === term))).length;
  const idf = (count: number): number => Math.log(1 + (analysed.length - count + 0.5) / (count + 0.5));
  const vocabulary = [...new Set(analysed.flatMap(({ fields }) => fields.flat().map(word => word.term)))];

  /** BM25F of something that occurs so often in each field; undefined where it does not. */
  const scoreOf = (
    { fields }: Analysed,
    weight: number,
    searched: readonly string[] | undefined,
    count: (field: readonly Word[]) => number,
  ): number | undefined => {
    let frequency = 0;
    names.forEach((name, f) => {
      const tf = weights[f] > 0 && (searched?.includes(name) ?? true) ? count(fields[f]) : 0;
      if (tf > 0) frequency += tf * (weights[f] / (1 - b + (b * fields[f].length) / averages[f]));
    });
    return frequency === 0 ? undefined : (weight * frequency) / (k1 + frequency);
  };
  const termScore = (document: Analysed, term: string, weight: number, searched?: readonly string[]) =>
    scoreOf(document, weight, searched, field => field.filter(word => word.term === term).length);
  const addUp = (scores: readonly (number | undefined)[]): number | undefined => {
    const found = scores.filter(score => score !== undefined);
    return found.length === 0 ? undefined : found.reduce((sum, score) => sum + score, 0);
  };
  const expanded = (
    document: Analysed,
    found: readonly { term: string; edits: number }[],
    boost: number,
    searched?: readonly string[],
  ): number | undefined => {
    const ranked = found
      .map(each => ({ ...each, df: df(each.term) }))
      .sort((x, y) => x.edits - y.edits || y.df - x.df || (x.term < y.term ? -1 : 1))
      .slice(0, 64);
    const common = idf(Math.max(...ranked.map(each => each.df)));
    return addUp(
      ranked.map(({ term, edits }) => termScore(document, term, common * (1 / (1 + edits)) * boost, searched)),
    );
  };

  function answer(query: Query, document: Analysed, outer: number): Answer {
    if ('all' in query) return outer;
    if ('filter' in query) return meets(query.filter, document.row) ? 0 : undefined;
    if ('bag' in query) {
      const { text, fields, operator, boost = 1 } = query.bag;
      const counts = new Map<string, number>();
      const said = weighWords(words(text, question.language), df, term => idf(df(term)));
      for (const { term, weight } of said) counts.set(term, (counts.get(term) ?? 0) + weight);
      if (counts.size === 0) return unasked;
      const optional = new Set(said.flatMap(({ term, stop }) => (stop ? [term] : [])));
      const last = (term: string): number => (optional.has(term) ? 1 : 0);
      const weighed = [...counts].map(([term, repeats]) => ({
        term,
        weight: idf(df(term)) * repeats * (outer * boost),
      }));
      weighed.sort((x, y) => last(x.term) - last(y.term) || y.weight - x.weight);
      const scores = weighed.map(({ term, weight }) => termScore(document, term, weight, fields));
      if (weighed.every(({ term }, i) => optional.has(term) || scores[i] === undefined)) return undefined;
      // stop words beside others add, and are demanded by nobody
      const misses = weighed.some(({ term }, i) => !optional.has(term) && scores[i] === undefined);
      return operator === 'all' && misses ? undefined : addUp(scores);
    }
    if ('phrase' in query) {
      const { text, fields, slop = 0, boost = 1 } = query.phrase;
      const wanted = words(text, question.language);
      if (wanted.length === 0) return unasked;
      const weight = wanted.reduce((sum, { term }) => sum + idf(df(term)), 0) * (outer * boost);
      return scoreOf(document, weight, fields, field => phraseFrequencyByAllWays(wanted, field, slop));
    }
    if ('prefix' in query) {
      const { text, fields, boost = 1 } = query.prefix;
      if (words(text).length === 0) return unasked;
      const found = vocabulary.filter(term => term.startsWith(text)).map(term => ({ term, edits: 0 }));
      return expanded(document, found, outer * boost, fields);
    }
    if ('fuzzy' in query) {
      const { text, fields, edits, boost = 1 } = query.fuzzy;
      const [wanted] = words(text, question.language);
      if (wanted === undefined) return unasked;
      const length = wanted.term.length;
      const most = edits ?? (length < 3 ? 0 : length < 6 ? 1 : 2);
      const near = vocabulary.map(term => ({ term, edits: editsBetween(term, wanted.term) }));
      return expanded(
        document,
        near.filter(each => each.edits <= most),
        outer * boost,
        fields,
      );
    }
    const { must = [], should = [], mustNot = [], minimumShould, boost = 1 } = query.bool;
    const ask = (clauses: readonly Query[]): (number | undefined)[] =>
      clauses.map(clause => answer(clause, document, outer * boost)).filter(each => each !== unasked);
    const [musts, shoulds, nots] = [ask(must), ask(should), ask(mustNot)];
    const written = must.length + should.length + mustNot.length;
    if (written > 0 && musts.length + shoulds.length + nots.length === 0) return unasked;
    let least = minimumShould ?? (must.length > 0 || should.length === 0 ? 0 : 1);
    if (shoulds.length < should.length) least = Math.min(least, shoulds.length);
    if (musts.includes(undefined) || nots.some(each => each !== undefined)) return undefined;
    if (shoulds.filter(each => each !== undefined).length < least) return undefined;
    return (addUp(musts) ?? 0) + (addUp(shoulds) ?? 0);
  }

  const found = analysed.flatMap(document => {
    const raw = answer(question.query, document, 1);
    if (raw === undefined || raw === unasked) return [];
    if (!(question.filter ?? []).every(clause => meets(clause, document.row))) return [];
    const score = (question.functions ?? []).reduce((product, each) => product * factorOf(each, document.row), raw);
    return [{ ...document, score }];
  });
  const { sort = [], accept = () => true } = question;
  const order = sort.length === 0 ? [{ field: '_score', order: 'descending' } as const] : sort;
  return {
    matching: new Set(found.map(({ id }) => id)),
    hits: found
      .filter(({ id }) => accept(id))
      .sort((x, y) => compareBy(order, x, y))
      .map(({ id, score }) => ({ id, score })),
  };
}

const stringsAsWritten = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
