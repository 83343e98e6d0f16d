import { TandemError } from '../errors/tandem-error.js';
import type { FilterClause, TextCondition } from '../query/filter.js';
import { boundKind } from '../query/range-bound.js';
import type { TextPaths } from './attributes.js';
import { indexedUnits } from './long-text.js';
import { escapePattern } from './text-pattern.js';
import type { WordChain } from './word-values.js';

/** A clause as columns are asked it. As JSON it says all that its answer depends on: sets of documents are kept under that. */
export type ReadyClause =
  | Exclude<
      FilterClause,
      | { readonly prefix: unknown }
      | { readonly words: unknown }
      | { readonly nested: unknown }
      | { readonly any: unknown }
      | { readonly not: unknown }
    >
  | { readonly words: ReadyWords }
  | { readonly nested: ReadyNested }
  | { readonly any: readonly ReadyClause[] }
  | { readonly not: ReadyClause };

export type ReadyFilter = readonly ReadyClause[];

export interface ReadyNested {
  readonly path: string;
  /** over paths of the document */
  readonly filter: ReadyFilter;
}

export interface ReadyWords {
  readonly field: string;
  readonly byChain: readonly { readonly chain: WordChain; readonly values: readonly string[] }[];
}

/** What makes a filter ready. */
export interface Readiness {
  readonly texts: TextPaths;
  /** milliseconds since 1970 */
  readonly now: number;
  /** the chain that makes words of a value that is asked for, and of those of the documents */
  readonly chainOf: (value: string) => WordChain;
}

/** Clauses inside one another. */
const deepest = 16;

/**
 * A clause made ready for the columns of all segments: 'now' becomes one moment, and what columns cannot answer is refused before any is asked.
 * @throws TandemError 'search/bad-filter'
 */
export function readyClause(clause: FilterClause, readiness: Readiness, depth = 1): ReadyClause {
  const { texts, now } = readiness;
  if (depth > deepest) throw badFilter(`nested deeper than ${deepest} levels`);
  if ('any' in clause) return { any: clause.any.map(inner => readyClause(inner, readiness, depth + 1)) };
  if ('not' in clause) return { not: readyClause(clause.not, readiness, depth + 1) };
  if ('nested' in clause) {
    const { path, filter } = clause.nested;
    return {
      nested: { path, filter: filter.map(inner => readyClause(ofDocument(inner, path), readiness, depth + 1)) },
    };
  }
  if ('exists' in clause) return clause;
  const [{ field: asked }] = Object.values(clause);
  checkAttribute(asked, texts);
  if ('words' in clause) return { words: readyWords(clause.words, readiness) };
  if ('prefix' in clause) {
    checkTerms('prefix', clause.prefix, texts);
    return { like: { ...clause.prefix, values: clause.prefix.values.map(value => `${escapePattern(value)}*`) } };
  }
  if ('terms' in clause) {
    checkTerms('terms', clause.terms, texts);
    return readyTerms(clause.terms);
  }
  if (!('range' in clause)) return clause;
  const { field, min, max } = clause.range;
  const at = (bound: number | string | undefined): number | string | undefined => {
    if (bound === 'now') return new Date(now).toISOString();
    if (bound !== undefined && boundKind(bound) === undefined)
      throw badFilter(`range of ${field}: ${JSON.stringify(String(bound).slice(0, 64))} is no ISO 8601 date`);
    return bound;
  };
  return { range: { field, min: at(min), max: at(max) } };
}

/** A clause whose paths are those inside an object, over paths of the document. */
function ofDocument(clause: FilterClause, path: string): FilterClause {
  const at = <T extends { readonly field: string }>(condition: T): T => ({
    ...condition,
    field: `${path}.${condition.field}`,
  });
  if ('any' in clause) return { any: clause.any.map(inner => ofDocument(inner, path)) };
  if ('not' in clause) return { not: ofDocument(clause.not, path) };
  if ('nested' in clause) return { nested: { ...clause.nested, path: `${path}.${clause.nested.path}` } };
  if ('terms' in clause) return { terms: at(clause.terms) };
  if ('prefix' in clause) return { prefix: at(clause.prefix) };
  if ('like' in clause) return { like: at(clause.like) };
  if ('words' in clause) return { words: at(clause.words) };
  if ('range' in clause) return { range: at(clause.range) };
  if ('exists' in clause) return { exists: at(clause.exists) };
  return 'geoBox' in clause ? { geoBox: at(clause.geoBox) } : { geoDistance: at(clause.geoDistance) };
}

/** Texts without their case are patterns without signs; other values have none. */
function readyTerms(terms: Extract<FilterClause, { readonly terms: unknown }>['terms']): ReadyClause {
  const { field, values, ignoreCase = false } = terms;
  const texts = values.filter(value => typeof value === 'string');
  if (!ignoreCase || texts.length === 0) return { terms: { field, values } };
  const like: TextCondition = { field, values: texts.map(escapePattern), ignoreCase };
  if (texts.length === values.length) return { like };
  return { any: [{ like }, { terms: { field, values: values.filter(value => typeof value !== 'string') } }] };
}

/** Values are parted by the chain that reads them: stop words alone (a brand called On) are read by one that keeps them. */
function readyWords(
  { field, values }: { readonly field: string; readonly values: readonly string[] },
  { chainOf }: Readiness,
): ReadyWords {
  const byChain = new Map<string, { chain: WordChain; values: string[] }>();
  for (const value of values) {
    const chain = chainOf(value);
    const known = byChain.get(chain.id);
    if (known === undefined) byChain.set(chain.id, { chain, values: [value] });
    else known.values.push(value);
  }
  return { field, byChain: [...byChain.values()] };
}

const badFilter = (message: string): TandemError => new TandemError('search/bad-filter', message);

/**
 * Refuses what is known only to be there: sorting, facets and score functions ask the same.
 * @throws TandemError 'search/bad-filter'
 */
export function checkAttribute(field: string, { unkept }: TextPaths): void {
  if (unkept.has(field))
    throw badFilter(
      `${field} is not kept as a value: it is searched by its words, or asked for by exists; indexing.valueFields keeps it`,
    );
}

function checkTerms(
  kind: string,
  { field, values }: { field: string; values: readonly (string | number | boolean)[] },
  { short }: TextPaths,
): void {
  if (!short.has(field) || values.every(value => typeof value !== 'string' || value.length <= indexedUnits)) return;
  throw badFilter(
    `${kind} of ${field}: texts of more than ${indexedUnits} characters are not kept as values of an indexed field`,
  );
}
