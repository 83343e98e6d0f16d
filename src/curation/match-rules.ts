import type { Filter } from '../query/filter.js';
import { parseDate } from '../query/iso-date.js';
import type { Analyzer } from '../text/analyzer.js';
import { accentFold } from '../text/fold.js';
import { normalise } from '../text/normalise.js';
import { asCosine, isZero } from '../vector/cosine.js';
import { type QueryPattern, queryPattern } from './query-pattern.js';
import type { Rule } from './rule.js';

/** What of a search decides which rules hold. */
export interface MatchedSearch {
  readonly text?: string;
  readonly country?: string;
  readonly language?: string;
  readonly filter?: Filter;
}

export interface MatchedRule {
  readonly rule: Rule;
  /** of the nearest example, where no word of the query says that the rule holds */
  readonly cosine?: number;
}

/** Finds the rules that hold for a search. */
export interface RuleMatcher {
  /** In the order of the rules. @param now  milliseconds since 1970 */
  match(search: MatchedSearch, now: number): Promise<readonly MatchedRule[]>;
  /** Resolves when the examples are embedded. */
  ready(): Promise<void>;
}

type EmbedQuery = (query: {
  text: string;
  country?: string;
  language?: string;
}) => Promise<{ readonly embedding: Float32Array }>;

export interface MatcherParts {
  /** @throws TandemError 'text/bad-language' */
  readonly analyzer: (language?: string) => Analyzer;
  /** null: no rule holds for nearness in meaning */
  readonly embedQuery: EmbedQuery | null;
}

/** UTF-16 units of a query that rules look at. */
const looked = 512;

/** Rules by what of a query they hold for. */
interface WordTable {
  readonly exact: ReadonlyMap<string, readonly number[]>;
  readonly phrases: ReadonlyMap<string, readonly number[]>;
  /** terms of the phrases, each length once */
  readonly lengths: readonly number[];
}

/** Examples as the rows of a matrix. */
interface Examples {
  /** float32 [E, D], E a multiple of four: rows of zeros stand behind the others */
  readonly rows: Float32Array;
  /** by row */
  readonly rule: readonly number[];
  readonly cosine: readonly number[];
}

/** Compiles rules into tables: a search looks up its words, its phrases and the words of patterns, and is compared with all examples in one product. */
export function createRuleMatcher(rules: readonly Rule[], { analyzer, embedQuery }: MatcherParts): RuleMatcher {
  const conditions = rules.map(({ when }) => conditionOf(when));
  const always = rules.flatMap((rule, i) => (asksForWords(rule) || rule.when?.near ? [] : [i]));
  const patterns = patternTable(rules);
  const byText = rows(rules, rule => rule.when?.exact?.map(normalForm) ?? []);
  // a chain is another one when its dictionary changes
  const tables = new WeakMap<Analyzer, WordTable>();
  const tableOf = (chain: Analyzer): WordTable => {
    const table = tables.get(chain) ?? wordTable(rules, chain);
    tables.set(chain, table);
    return table;
  };
  const hasWords = rules.some(({ when }) => when?.exact ?? when?.phrase);
  let embedding: Promise<Examples | undefined> | undefined;
  const examples = (): Promise<Examples | undefined> => {
    embedding ??= embedExamples(rules, embedQuery);
    // tried again by the next search
    embedding.catch(() => {
      embedding = undefined;
    });
    return embedding;
  };

  function byWords(text: string, language: string | undefined): Set<number> {
    const found = new Set(always);
    if (text === '') return found;
    const take = (rule: number): void => void found.add(rule);
    const form = normalForm(text);
    byText.get(form)?.forEach(take);
    patterns.find(form, take);
    if (!hasWords) return found;
    const chain = analyzer(language);
    const terms = termsOf(chain, text);
    const { exact, phrases, lengths } = tableOf(chain);
    exact.get(keyOf(terms))?.forEach(take);
    for (const length of lengths)
      for (let from = 0; from + length <= terms.length; from++)
        phrases.get(keyOf(terms.slice(from, from + length)))?.forEach(take);
    return found;
  }

  /** @returns cosine of the nearest example of each rule that it is near enough to */
  async function byMeaning({ text = '', country, language }: MatchedSearch): Promise<ReadonlyMap<number, number>> {
    const near = new Map<number, number>();
    const known = text.trim() === '' ? undefined : await examples();
    if (known === undefined || embedQuery === null) return near;
    const { embedding: query } = await embedQuery({ text, country, language });
    if (isZero(query)) return near;
    const products = multiply(known.rows, query);
    for (let row = 0; row < known.rule.length; row++) {
      const cosine = asCosine(products[row]);
      const rule = known.rule[row];
      if (cosine >= known.cosine[row] && cosine > (near.get(rule) ?? Number.NEGATIVE_INFINITY)) near.set(rule, cosine);
    }
    return near;
  }

  return {
    ready: async () => void (await examples()),
    match: async (search, now) => {
      const words = byWords((search.text ?? '').slice(0, looked).trim(), search.language);
      const near = await byMeaning(search);
      const clauses = new Set(search.filter?.map(clause => JSON.stringify(clause)));
      return [...new Set([...words, ...near.keys()])]
        .filter(i => conditions[i](search.country, clauses, now))
        .sort((a, b) => a - b)
        .map(i => ({ rule: rules[i], ...(!words.has(i) && { cosine: near.get(i) }) }));
    },
  };
}

const asksForWords = ({ when }: Rule): boolean =>
  when?.exact !== undefined || when?.phrase !== undefined || when?.pattern !== undefined;

type Condition = (country: string | undefined, clauses: ReadonlySet<string>, now: number) => boolean;

/** What a rule asks for beside the query. */
function conditionOf({ from, until, countries, filter = [] }: NonNullable<Rule['when']> = {}): Condition {
  const first = from === undefined ? Number.NEGATIVE_INFINITY : (parseDate(from) ?? 0);
  const end = until === undefined ? Number.POSITIVE_INFINITY : (parseDate(until) ?? 0);
  const asked = filter.map(clause => JSON.stringify(clause));
  return (country, clauses, now) =>
    first <= now &&
    now < end &&
    (countries === undefined || (country !== undefined && countries.includes(country))) &&
    asked.every(clause => clauses.has(clause));
}

/** Case, accents, kinds of white space aside. */
function normalForm(text: string): string {
  const words = normalise(text, 'und').text.split(/\s+/);
  return words
    .filter(word => word !== '')
    .map(accentFold('und'))
    .join(' ');
}

const termsOf = (chain: Analyzer, text: string): string[] => chain.analyze(text).map(({ term }) => term);
const keyOf = (terms: readonly string[]): string => terms.join('\0');

/** The numbers of the rules by keys that are made of each; an empty key stands for nothing. */
function rows(rules: readonly Rule[], keys: (rule: Rule) => readonly string[]): ReadonlyMap<string, readonly number[]> {
  const table = new Map<string, number[]>();
  rules.forEach((rule, i) => {
    for (const key of keys(rule)) if (key !== '') table.set(key, [...(table.get(key) ?? []), i]);
  });
  return table;
}

function wordTable(rules: readonly Rule[], chain: Analyzer): WordTable {
  const key = (text: string): string => keyOf(termsOf(chain, text));
  const phrases = rows(rules, rule => rule.when?.phrase?.map(key) ?? []);
  const lengths = [...new Set(Array.from(phrases.keys(), phrase => phrase.split('\0').length))];
  return { exact: rows(rules, rule => rule.when?.exact?.map(key) ?? []), phrases, lengths };
}

/** Patterns by a word that a query must have for them. */
function patternTable(rules: readonly Rule[]): { find(form: string, take: (rule: number) => void): void } {
  const byWord = new Map<string | undefined, { readonly pattern: QueryPattern; readonly rule: number }[]>();
  rules.forEach(({ when }, rule) => {
    for (const written of when?.pattern ?? []) {
      const pattern = queryPattern(normalForm(written));
      const same = byWord.get(pattern.word);
      if (same === undefined) byWord.set(pattern.word, [{ pattern, rule }]);
      else same.push({ pattern, rule });
    }
  });
  return {
    find: (form, take) => {
      if (byWord.size === 0) return;
      for (const word of new Set([undefined, ...form.split(' ')]))
        for (const { pattern, rule } of byWord.get(word) ?? []) if (pattern.fits(form)) take(rule);
    },
  };
}

/** Rows that are multiplied at once: each number of the query is read once for all of them. */
const rowsAtOnce = 4;

/** A matrix [E, D], E a multiple of four, times a vector [D]. */
function multiply(matrix: Float32Array, vector: Float32Array): Float64Array {
  const width = vector.length;
  const products = new Float64Array(matrix.length / width);
  for (let row = 0; row < products.length; row += rowsAtOnce) {
    let [a, b, c, d] = [0, 0, 0, 0];
    const first = row * width;
    for (let i = 0, at = first; i < width; i++, at++) {
      const value = vector[i];
      a += value * matrix[at];
      b += value * matrix[at + width];
      c += value * matrix[at + 2 * width];
      d += value * matrix[at + 3 * width];
    }
    products[row] = a;
    products[row + 1] = b;
    products[row + 2] = c;
    products[row + 3] = d;
  }
  return products;
}

/** @returns undefined where there is none */
async function embedExamples(rules: readonly Rule[], embedQuery: EmbedQuery | null): Promise<Examples | undefined> {
  if (embedQuery === null) return undefined;
  const found: { embedding: Float32Array; rule: number; cosine: number }[] = [];
  for (const [rule, { when }] of rules.entries()) {
    const { near, countries } = when ?? {};
    for (const text of near?.examples ?? []) {
      const { embedding } = await embedQuery({ text, country: countries?.[0] });
      if (near !== undefined && !isZero(embedding)) found.push({ embedding, rule, cosine: near.cosine });
    }
  }
  if (found.length === 0) return undefined;
  const width = found[0].embedding.length;
  // zeros fill the last rows
  const matrix = new Float32Array(Math.ceil(found.length / rowsAtOnce) * rowsAtOnce * width);
  for (const [row, { embedding }] of found.entries()) matrix.set(embedding, row * width);
  return { rows: matrix, rule: found.map(({ rule }) => rule), cosine: found.map(({ cosine }) => cosine) };
}
