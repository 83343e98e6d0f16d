import { z } from 'zod';
import { idSchema, keySchema } from './id.js';
import { timeSchema } from './time.js';

/** The rows that people bring: one schema for files, HTTP bodies and the store. What an id is, is said in ./id.ts. */

/** Levels of lists and objects in a row: more than any catalogue has, few enough for whoever walks them by recursion. */
export const deepestRow = 32;

/** What no reader and no store could keep of a value of JSON; undefined where there is nothing. */
export function jsonFault(root: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'number' && !Number.isFinite(value)) return 'a number of more than 308 digits';
    if (typeof value !== 'object' || value === null) continue;
    if (depth > deepestRow) return `nested deeper than ${deepestRow} levels`;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return undefined;
}

/** What is null is absent, in files as over HTTP, also inside lists and objects, as deep as rows may be; itself where nothing is null. */
export function withoutNulls<T>(value: T): T;
export function withoutNulls(value: unknown): unknown {
  return presentIn(value, 1);
}

function presentIn(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > deepestRow) return value;
  if (Array.isArray(value)) {
    const present = value.filter(inner => inner !== null).map(inner => presentIn(inner, depth + 1));
    return present.length === value.length && present.every((inner, at) => inner === value[at]) ? value : present;
  }
  const entries = Object.entries(value);
  const present = entries.flatMap(([key, inner]) => (inner === null ? [] : [[key, presentIn(inner, depth + 1)]]));
  const same = present.length === entries.length && present.every(([, inner], at) => inner === entries[at][1]);
  // every key its own property, also one that has a meaning elsewhere
  return same ? value : Object.fromEntries(present);
}

/** UTF-16 units of a given term, and given terms of a field, at most. */
export const longestTerm = 255;
export const mostGivenTokens = 10_000;
const term = z.string().min(1).max(longestTerm);
/** What a token counts beside one of weight 1. */
const tokenWeight = z.number().gt(0).max(1).optional();

/** Terms that a caller has made of a field by means of its own; positions do not fall, a token without one stands behind the one before it. */
const givenTokens = z
  .array(
    z.union([
      term,
      z.strictObject({
        term,
        position: z
          .int()
          .min(0)
          .max(2 ** 24)
          .optional(),
        weight: tokenWeight,
      }),
    ]),
  )
  .max(mostGivenTokens)
  .refine(inOrder, { error: 'positions must not fall' });

/** Terms to look up as they are. */
export const queryTokens = z
  .array(z.union([term, z.strictObject({ term, weight: tokenWeight })]))
  .min(1)
  .max(1_000);

export type QueryToken = string | { readonly term: string; readonly weight?: number };

export type GivenToken = z.infer<typeof givenTokens>[number];

function inOrder(tokens: readonly (string | { readonly position?: number })[]): boolean {
  let last = -1;
  for (const token of tokens) {
    const position: number = typeof token === 'string' ? last + 1 : (token.position ?? last + 1);
    if (position < last) return false;
    last = position;
  }
  return true;
}

/** A picture: a path below the folder of pictures, or the picture itself as a data URI. */
const image = z.union(
  [
    z.string().max(4096),
    z
      .string()
      .max(2 ** 20)
      .regex(/^data:image\//i),
  ],
  {
    error: 'expected a path of at most 4096 characters, or data:image/TYPE;base64, of at most 1 MiB',
  },
);

/** What is wrong with a price that no number holds exactly: it is text already where it comes from. */
export const beyondExact = 'is beyond 2^53, where numbers are not exact: a price must be one that is';

const price = z.number({
  error: ({ input }) => (typeof input === 'string' && /^-?\d{16}/.test(input) ? beyondExact : undefined),
});

/** A document; attributes that are not named here are kept as they are and can be filtered on. */
export const documentRowSchema = z.looseObject({
  id: idSchema,
  title: z.string().max(65_536),
  description: z.string().max(1_048_576).optional(),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
  images: z.array(image).max(64).optional(),
  price: price.optional(),
  /** by field: its terms, indexed as they are in place of those of its text */
  tokens: z.record(z.string().max(256), givenTokens).optional(),
});

export const queryRowSchema = z.strictObject({
  id: idSchema,
  text: z.string().min(1).max(4096),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
});

/** A positive pair; weight in (0, 1], 1 when absent. A blank query (somebody who browsed) is counted and left out. */
export const pairRowSchema = z.strictObject({
  query: z.string().max(4096).default(''),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
  documentId: idSchema,
  weight: z.number().positive().max(1).optional(),
});

/** Text without any label: its own `text`, or what a document says. */
export const textRowSchema = z
  .looseObject({
    text: z.string().max(1_048_576).optional(),
    title: z.string().max(65_536).optional(),
    description: z.string().max(1_048_576).optional(),
  })
  .refine(row => row.text !== undefined || row.title !== undefined || row.description !== undefined, {
    error: 'expected `text`, or `title` or `description` of a document',
  });

/** A text in one language and the same in another. */
export const translationRowSchema = z.strictObject({
  source: z.string().min(1).max(1_048_576),
  target: z.string().min(1).max(1_048_576),
  sourceLanguage: z.string().max(64).optional(),
  targetLanguage: z.string().max(64).optional(),
});

/** Something that somebody did. The unit of a time that is a number is told by all rows (data/sources/time-unit.ts). */
export const eventRowSchema = z.strictObject({
  session: keySchema,
  time: timeSchema,
  type: z.string().min(1).max(256),
  query: z.string().max(4096).optional(),
  country: z.string().max(64).optional(),
  documentId: idSchema.optional(),
  /** place of the document in the answer that showed it, from 1 */
  rank: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
});

export type DocumentRow = z.infer<typeof documentRowSchema>;
export type QueryRow = z.infer<typeof queryRowSchema>;
export type PairRow = z.infer<typeof pairRowSchema>;
export type EventRow = z.infer<typeof eventRowSchema>;
export type TranslationRow = z.infer<typeof translationRowSchema>;
