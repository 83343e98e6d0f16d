import fc from 'fast-check';
import type { FilterClause } from '../../../src/query/filter.js';
import type { Query, ScoreFunction, SortKey } from '../../../src/query/query.js';

/** Words that are near one another, begin alike and stand in documents more or less often; the last one stands in none. */
const words = ['red', 'rod', 'road', 'reed', 'hat', 'hats', 'heart', 'shoe', 'show', 'a', 'ab'];
export const word = fc.constantFrom(...words, 'unknown');
const documentWord = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('red', 'hat', 'a') }, fc.constantFrom(...words));

const text = (most: number): fc.Arbitrary<string> =>
  fc.array(documentWord, { maxLength: most }).map(each => each.join(' '));
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Documents with three fields of text, one of them a list, and three attributes that may be missing or lists. */
export const fieldsOfDocument = {
  title: text(5),
  description: optional(text(12)),
  tags: optional(fc.array(text(3), { maxLength: 3 })),
  size: optional(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }))),
  colour: optional(fc.oneof(fc.constantFrom('blue', 'green', 'red'), fc.constant(['red', 'blue']))),
  mixed: optional(fc.constantFrom<(number | string)[]>(1, 2, 'one', 'two')),
};

const shared = {
  fields: optional(fc.subarray(['title', 'description', 'tags', 'absent'])),
  boost: optional(fc.constantFrom(0.5, 1, 3, 0.1)),
};
const queryText = (least: number, most: number): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(word, word, word, fc.constant('!')), { minLength: least, maxLength: most })
    .map(each => each.join(' '));

export const clause: fc.Arbitrary<FilterClause> = fc.oneof(
  fc.record({ terms: fc.record({ field: fc.constant('colour'), values: fc.subarray(['red', 'blue', 'none']) }) }),
  fc.record({
    range: fc.record({
      field: fc.constant('size'),
      min: fc.integer({ max: 6, min: 0 }),
      max: optional(fc.constant(7)),
    }),
  }),
  fc.record({ exists: fc.record({ field: fc.constantFrom('size', 'colour', 'nowhere') }) }),
);

const leaf: fc.Arbitrary<Query> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      bag: fc.record({ ...shared, text: queryText(0, 4), operator: fc.constantFrom(undefined, 'any', 'all') }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      phrase: fc.record({ ...shared, text: queryText(0, 4), slop: fc.constantFrom(undefined, 0, 1, 2, 3, 5, 20) }),
    }),
  },
  fc.record({ prefix: fc.record({ ...shared, text: fc.constantFrom('r', 're', 'h', 'hat', 'sho', 'zz', '!') }) }),
  fc.record({
    fuzzy: fc.record({ ...shared, text: fc.oneof(word, fc.constant('')), edits: fc.constantFrom(undefined, 0, 1, 2) }),
  }),
  fc.record({ filter: clause }),
  fc.constant<Query>({ all: {} }),
);

/** Any query, bools up to three deep. */
export const query: fc.Arbitrary<Query> = fc.letrec<{ tree: Query; bool: Query }>(tie => ({
  tree: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, leaf, tie('bool')),
  bool: fc.record({
    bool: fc.record({
      must: optional(fc.array(tie('tree'), { maxLength: 3 })),
      should: optional(fc.array(tie('tree'), { maxLength: 3 })),
      mustNot: optional(fc.array(tie('tree'), { maxLength: 2 })),
      minimumShould: fc.constantFrom(undefined, undefined, 0, 1, 2, 3),
      boost: shared.boost,
    }),
  }),
})).tree;

export const scoreFunction: fc.Arbitrary<ScoreFunction> = fc.oneof(
  fc.record({
    decay: fc.record({
      field: fc.constantFrom('size', 'nowhere'),
      shape: fc.constantFrom('gauss', 'exponential', 'linear'),
      origin: fc.integer({ min: 0, max: 6 }),
      scale: fc.constantFrom(0.5, 1, 3),
      offset: fc.constantFrom(undefined, 1),
      at: fc.constantFrom(undefined, 0.25),
      weight: fc.constantFrom(undefined, 2, 0.5),
    }),
  }),
  fc.record({
    saturation: fc.record({
      field: fc.constant('size'),
      pivot: fc.constantFrom(1, 4),
      weight: fc.constantFrom(undefined, 3),
    }),
  }),
);

export const sortKeys: fc.Arbitrary<SortKey[]> = fc.array(
  fc.record({
    field: fc.constantFrom('size', 'colour', 'mixed', '_score'),
    order: fc.constantFrom('ascending', 'descending'),
  }),
  { maxLength: 2 },
);
