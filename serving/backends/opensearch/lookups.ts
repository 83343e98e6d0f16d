import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { LanguageCounts } from '../../../src/lexical/language-counts.js';
import { compareByCodePoints } from '../../../src/lexical/tree/prefix-terms.js';
import type { KnownWord } from '../../../src/text/vocabulary.js';
import { pathPrefix, valueEnd, valueIn } from './attribute-values.js';
import type { Json } from './cluster.js';
import { fieldName, writtenTerm } from './names.js';
import { phraseQuery } from './phrase-query.js';
import { bucketsOf, countsOf, type SearchReply } from './reply.js';
import type { SearchBody, SearchedAlias } from './search-index.js';

/**
 * What the analysis of a query asks of the words of an index. The analysis is written for an index that answers at once: what is not known yet is noted,
 * an answer that says nothing is given, and when what was noted is fetched the analysis is done again.
 */
export interface Lookups {
  df(term: string): number;
  /** Words whose keys are at most so many edits away. */
  near(key: string, edits: 1 | 2): readonly KnownWord[];
  /** Words of the most documents whose keys begin so. */
  beginning(key: string, most: number): readonly { readonly term: string; readonly df: number }[];
  /** Documents that hold all of some terms. */
  sharing(terms: readonly string[]): number;
  /** Documents that hold terms one behind the other in a field. */
  together(terms: readonly string[]): number;
  /** Terms that begin so, in the order of code points. */
  terms(prefix: string): readonly string[];
  fuzzy(term: string, edits: number): readonly string[];
  languages(term: string): LanguageCounts;
  /** Distinct texts of an attribute; undefined where they are too many. */
  texts(path: string): readonly string[] | undefined;
  /** the terms that were asked about and that documents hold */
  readonly known: ReadonlySet<string>;
  readonly isComplete: boolean;
  /** Fetches what was noted. */
  fetch(): Promise<void>;
  /** What was presumed, as it was answered before: it is asked anew beside what goes by it. */
  presumed(): Presumption;
}

/** Answers that may have changed since they were given. */
export interface Presumption {
  readonly bodies: readonly SearchBody[];
  /** Whether all are the same still. @param replies  to the bodies */
  holds(replies: readonly SearchReply[]): boolean;
}

/** One question, and how its answer is read. */
interface Lookup<T> {
  readonly body: SearchBody;
  readonly read: (reply: SearchReply) => T;
  /** what stands for the answer until it is there */
  readonly meanwhile: T;
  /** whether it may be remembered: what nobody has may come at any moment */
  readonly lasts: (answer: T) => boolean;
}

/** Answers that are kept between searches. */
export interface KeptAnswers {
  get(key: string): { readonly answer: unknown } | undefined;
  set(key: string, answer: unknown): void;
  /** What may not be remembered, but was answered so the last time. */
  presume(key: string): { readonly answer: unknown } | undefined;
  setPresumed(key: string, answer: unknown): void;
  /** Forgets all: something was written. */
  clear(): void;
}

const mostKept = 2 ** 16;

/** @param forMs  how long what others write may go unnoticed in how rare a word is */
export function keptAnswers(forMs: number): KeptAnswers {
  const kept = new LRUCache<string, { readonly answer: unknown }>({ max: mostKept, ttl: forMs });
  const presumed = new LRUCache<string, { readonly answer: unknown }>({ max: mostKept, ttl: forMs });
  return {
    get: key => kept.get(key),
    set: (key, answer) => {
      kept.set(key, { answer });
      presumed.delete(key);
    },
    presume: key => presumed.get(key),
    setPresumed: (key, answer) => void presumed.set(key, { answer }),
    clear: () => {
      kept.clear();
      presumed.clear();
    },
  };
}

/** Words of one look-up, terms that begin alike, texts of an attribute. */
const mostNear = 256;
const mostBeginning = 4_096;
const mostTexts = 10_000;
/** Of a regular expression, beside what stands around it; a cluster takes 1,000 signs when its `index.max_regex_length` is left alone. */
const longestPattern = 900;
/** Words that a misspelt one is compared with, for each that is wanted. */
const inspected = 64;

/** @param presumes  whether what was answered before is gone by, until it turns out to be another */
export function openLookups(
  index: SearchedAlias,
  kept: KeptAnswers,
  fields: readonly string[],
  presumes = false,
): Lookups {
  const session = new Map<string, unknown>();
  const missing = new Map<string, Lookup<unknown>>();
  const missingTerms = new Set<string>();
  const known = new Set<string>();
  const presumed = new Map<string, { readonly lookup: Lookup<unknown>; readonly answer: unknown }>();
  const presumedTerms = new Set<string>();

  function ask<T>(key: string, make: () => Lookup<T>): T {
    const own = session.has(key) ? { answer: session.get(key) } : kept.get(key);
    if (own !== undefined) {
      session.set(key, own.answer);
      return own.answer as T;
    }
    const lookup = make() as Lookup<unknown>;
    const before = presumes ? kept.presume(key) : undefined;
    if (before !== undefined) {
      presumed.set(key, { lookup, answer: before.answer });
      session.set(key, before.answer);
      return before.answer as T;
    }
    missing.set(key, lookup);
    return lookup.meanwhile as T;
  }

  const df = (term: string): number => {
    const key = `df ${term}`;
    const found = session.has(key) ? { answer: session.get(key) } : kept.get(key);
    if (found === undefined && presumes && kept.presume(key) !== undefined) {
      presumedTerms.add(term);
      session.set(key, 0);
      return 0;
    }
    if (found === undefined) {
      missingTerms.add(term);
      return 0;
    }
    session.set(key, found.answer);
    const count = found.answer as number;
    if (count > 0) known.add(term);
    return count;
  };

  const counted = (query: Json): Lookup<number> => ({
    body: { size: 0, track_total_hits: true, query },
    read: reply => reply.hits.total?.value ?? 0,
    meanwhile: 0,
    lasts: count => count > 0,
  });

  return {
    df,
    near: (key, edits) => {
      const keys = ask(`keys ${edits} ${key}`, () => nearKeys(key, edits));
      if (keys.length === 0) return [];
      return ask(`words ${keys.join(valueEnd)}`, () => wordsOfKeys(keys));
    },
    beginning: (key, most) => ask(`beginning ${most} ${key}`, () => wordsBeginning(key, most)),
    sharing: terms =>
      ask(`sharing ${terms.join(' ')}`, () =>
        counted({ bool: { filter: terms.map(term => ({ term: { terms: term } })) } }),
      ),
    together: terms => {
      const placed = terms.map((term, offset) => ({ terms: [term], offset }));
      return ask(`together ${terms.join(' ')}`, () =>
        counted({ bool: { should: fields.map(field => phraseQuery(fieldName(field), placed, 0)) } }),
      );
    },
    terms: prefix => ask(`terms ${prefix}`, () => termsBeginning(prefix)),
    fuzzy: (term, edits) => ask(`fuzzy ${edits} ${term}`, () => nearTerms(term, edits)),
    languages: term =>
      ask(`languages ${term}`, () => ({
        body: { size: 0, query: { term: { terms: term } }, aggs: { lang: { terms: { field: 'lang', size: 100 } } } },
        read: reply => languageCounts(reply),
        meanwhile: noLanguages,
        lasts: counts => counts.size > 0,
      })),
    texts: path => ask(`texts ${path}`, () => textsOf(path)),
    known,
    get isComplete() {
      return missing.size + missingTerms.size === 0;
    },
    fetch: async () => {
      const lookups = [...missing];
      const terms = [...missingTerms];
      missing.clear();
      missingTerms.clear();
      const bodies = [...lookups.map(([, { body }]) => body), ...(terms.length > 0 ? [frequencies(terms)] : [])];
      const replies = await index.search(bodies);
      lookups.forEach(([key, { read, lasts }], i) => {
        const answer = read(replies[i]);
        session.set(key, answer);
        if (lasts(answer)) kept.set(key, answer);
        else kept.setPresumed(key, answer);
      });
      if (terms.length === 0) return;
      const counts = countsOf(replies[lookups.length].aggregations?.df);
      terms.forEach((term, i) => {
        const count = counts[`t${i}`]?.doc_count ?? 0;
        session.set(`df ${term}`, count);
        if (count > 0) {
          known.add(term);
          kept.set(`df ${term}`, count);
        } else kept.setPresumed(`df ${term}`, count);
      });
    },
    presumed: () => {
      const lookups = [...presumed.values()];
      const terms = [...presumedTerms];
      return {
        bodies: [...lookups.map(({ lookup }) => lookup.body), ...(terms.length > 0 ? [frequencies(terms)] : [])],
        holds: replies => {
          const counts = terms.length > 0 ? countsOf(replies[lookups.length].aggregations?.df) : {};
          return (
            lookups.every(({ lookup, answer }, i) => isDeepStrictEqual(lookup.read(replies[i]), answer)) &&
            terms.every((_, i) => (counts[`t${i}`]?.doc_count ?? 0) === 0)
          );
        },
      };
    },
  };
}

const frequencies = (terms: readonly string[]): SearchBody => ({
  size: 0,
  aggs: {
    df: { filters: { filters: Object.fromEntries(terms.map((term, i) => [`t${i}`, { term: { terms: term } }])) } },
  },
});

const noLanguages: LanguageCounts = new Map();

export const languageCounts = ({ aggregations }: SearchReply): LanguageCounts =>
  new Map(bucketsOf(aggregations?.lang).map(({ key, doc_count }) => [String(key), doc_count]));

/** As a regular expression of the cluster has it. */
export const quoted = (text: string): string => text.replace(/[.?+*|{}[\]()"\\#@&<>~^$-]/g, '\\$&');

function suggested(field: string, text: string, edits: number): SearchBody {
  const term = {
    field,
    suggest_mode: 'always',
    max_edits: Math.max(1, edits),
    prefix_length: 0,
    min_word_length: 1,
    size: mostNear,
    shard_size: mostNear,
    max_inspections: inspected,
    max_term_freq: 2_000_000_000,
    string_distance: 'damerau_levenshtein',
    accuracy: 0.01,
  };
  return { size: 0, suggest: { near: { text, term } } };
}

const optionsOf = ({ suggest }: SearchReply): string[] =>
  (suggest?.near ?? []).flatMap(({ options }) => options.map(({ text }) => text));

const nearKeys = (key: string, edits: number): Lookup<readonly string[]> => ({
  body: suggested('wk', key, edits),
  // the word itself is none of what is suggested for it
  read: reply => [key, ...optionsOf(reply)],
  meanwhile: [],
  lasts: keys => keys.length > 1,
});

/** Keys as alternatives of regular expressions, each no longer than a cluster takes. */
function patternsOf(keys: readonly string[]): string[] {
  const patterns: string[] = [];
  for (const key of keys.map(quoted)) {
    const last = patterns.length - 1;
    if (last >= 0 && patterns[last].length + 1 + key.length <= longestPattern) patterns[last] += `|${key}`;
    else patterns.push(key);
  }
  return patterns;
}

const wordsOfKeys = (keys: readonly string[]): Lookup<readonly KnownWord[]> => ({
  body: {
    size: 0,
    query: { terms: { wk: keys } },
    aggs: Object.fromEntries(
      patternsOf(keys).map((pattern, i) => [
        `words${i}`,
        { terms: { field: 'w', size: 2 * mostNear, include: `(${pattern})${valueEnd}.*` } },
      ]),
    ),
  },
  read: ({ aggregations = {} }) => {
    const found = new Map<string, number>();
    for (const { key, doc_count: documents } of Object.values(aggregations).flatMap(bucketsOf)) {
      const word = valueIn(String(key));
      found.set(word, Math.max(documents, found.get(word) ?? 0));
    }
    return Array.from(found, ([word, documents]) => ({ word, documents }));
  },
  meanwhile: [],
  lasts: () => true,
});

const wordsBeginning = (key: string, most: number): Lookup<readonly { term: string; df: number }[]> => ({
  body: {
    size: 0,
    aggs: {
      words: {
        terms: {
          field: 'w',
          size: 4 * most,
          shard_size: 16 * most + 64,
          include: `${quoted(key)}[^${valueEnd}]*${valueEnd}.*`,
        },
      },
    },
  },
  read: reply => {
    const found = new Map<string, number>();
    for (const { key: kept, doc_count } of bucketsOf(reply.aggregations?.words))
      found.set(valueIn(String(kept)), Math.max(doc_count, found.get(valueIn(String(kept))) ?? 0));
    const counted = Array.from(found, ([term, df]) => ({ term, df }));
    return counted.sort((a, b) => b.df - a.df || (a.term < b.term ? -1 : 1)).slice(0, most);
  },
  meanwhile: [],
  lasts: words => words.length > 0,
});

/** Of what decides which documents are found: what another server writes is found at once. */
const never = (): boolean => false;

const termsBeginning = (prefix: string): Lookup<readonly string[]> => ({
  body: {
    size: 0,
    query: { prefix: { terms: prefix } },
    aggs: { terms: { terms: { field: 'terms', size: mostBeginning, include: `${quoted(prefix)}.*` } } },
  },
  read: reply =>
    bucketsOf(reply.aggregations?.terms)
      .map(({ key }) => String(key))
      .sort(compareByCodePoints),
  meanwhile: [],
  lasts: never,
});

const nearTerms = (term: string, edits: number): Lookup<readonly string[]> => ({
  body: suggested('terms', term, edits),
  read: reply => [term, ...optionsOf(reply)],
  meanwhile: [],
  lasts: never,
});

const textsOf = (path: string): Lookup<readonly string[] | undefined> => ({
  body: {
    size: 0,
    aggs: { texts: { terms: { field: 'k', size: mostTexts, include: `${quoted(pathPrefix(path))}.*` } } },
  },
  read: ({ aggregations }) =>
    (aggregations?.texts.sum_other_doc_count ?? 0) > 0
      ? undefined
      : bucketsOf(aggregations?.texts).map(({ key }) => valueIn(String(key))),
  meanwhile: [],
  lasts: never,
});

/** A term as the texts of a field have it. */
export const termQuery = (field: string, term: string, boost?: number): Json => ({
  term: { [`t.${field}`]: { value: writtenTerm(term), ...(boost !== undefined && { boost }) } },
});
