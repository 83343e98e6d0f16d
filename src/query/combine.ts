import type { BagQuery, BoolQuery, Query } from './query.js';

/** Clauses side by side, by what each asks. Conditions are among those that must hold. */
export interface Parts {
  readonly must: Query[];
  readonly should: Query[];
  readonly mustNot: Query[];
}

export const noParts = (): Parts => ({ must: [], should: [], mustNot: [] });

/** A bag of words in all fields with no boost: words as they are typed. */
export const isBareBag = (query: Query): query is BagQuery =>
  'bag' in query && query.bag.fields === undefined && query.bag.boost === undefined && query.bag.operator === undefined;

/**
 * The fewest clauses that ask the same: a clause alone is itself, but for words that must be there. Conditions that must hold do not make the words
 * beside them optional.
 * @param parts  at least one clause
 */
export function toQuery({ must, should, mustNot }: Parts): Query {
  if (must.length + should.length === 1 && mustNot.length === 0) {
    const [clause] = [...must, ...should];
    if (should.length === 1 || !('bag' in clause)) return clause;
  }
  const conditionsOnly = must.length > 0 && must.every(query => 'filter' in query);
  return {
    bool: {
      ...(must.length > 0 ? { must } : {}),
      ...(should.length > 0 ? { should } : {}),
      ...(mustNot.length > 0 ? { mustNot } : {}),
      ...(conditionsOnly && should.length > 0 ? { minimumShould: 1 } : {}),
    },
  };
}

/** Leaves of the query that name no field look in this one. */
export function withField(query: Query, field: string): Query {
  const fields = [field];
  if ('bag' in query) return { bag: { fields, ...query.bag } };
  if ('phrase' in query) return { phrase: { fields, ...query.phrase } };
  if ('prefix' in query) return { prefix: { fields, ...query.prefix } };
  if ('fuzzy' in query) return { fuzzy: { fields, ...query.fuzzy } };
  if (!('bool' in query)) return query;
  const each = (list: BoolQuery['bool']['must']) => list?.map(clause => withField(clause, field));
  const { must, should, mustNot, ...rest } = query.bool;
  return {
    bool: {
      ...rest,
      ...(must && { must: each(must) }),
      ...(should && { should: each(should) }),
      ...(mustNot && { mustNot: each(mustNot) }),
    },
  };
}

/** A boost over all of a query; one that has a boost already keeps it inside. A condition has no score to boost. */
export function withBoost(query: Query, boost: number): Query {
  if (boost === 1 || 'filter' in query) return query;
  if ('bag' in query && query.bag.boost === undefined) return { bag: { ...query.bag, boost } };
  if ('phrase' in query && query.phrase.boost === undefined) return { phrase: { ...query.phrase, boost } };
  if ('prefix' in query && query.prefix.boost === undefined) return { prefix: { ...query.prefix, boost } };
  if ('fuzzy' in query && query.fuzzy.boost === undefined) return { fuzzy: { ...query.fuzzy, boost } };
  if ('bool' in query && query.bool.boost === undefined) return { bool: { ...query.bool, boost } };
  return { bool: { should: [query], boost } };
}

/** The text of a leaf; undefined where the query is no leaf of text. */
export function textOf(query: Query): string | undefined {
  if ('bag' in query) return query.bag.text;
  if ('phrase' in query) return query.phrase.text;
  if ('prefix' in query) return query.prefix.text;
  return 'fuzzy' in query ? query.fuzzy.text : undefined;
}
