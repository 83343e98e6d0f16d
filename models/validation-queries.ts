import { z } from 'zod';
import { type QueryRow, queryRowSchema } from '../src/config/rows.js';
import { seededRandom, shuffle } from '../src/math/random.js';

/** Queries that a model was validated on and has not learnt from, with their judgements. */
export interface ValidationQueries {
  readonly queries: readonly QueryRow[];
  /** query id -> document id -> gain */
  readonly qrels: Map<string, Map<string, number>>;
}

/** More would make an index wait and tell no more. */
const mostQueries = 4_000;

/** A row of validation.jsonl. */
export const validationRowSchema = queryRowSchema.extend({ judgements: z.record(z.string(), z.int()) });

/** The rows of validation.jsonl: judged queries in their order, drawn by chance where there are more than 4,000. */
export function writeValidationRows({ queries, qrels }: ValidationQueries): string {
  const judged = queries.filter(({ id }) => qrels.has(id));
  const drawn = shuffle(Int32Array.from(judged.keys()), seededRandom(0)).slice(0, mostQueries).sort();
  const rows = Array.from(drawn, at => ({
    ...judged[at],
    judgements: Object.fromEntries(qrels.get(judged[at].id) ?? []),
  }));
  return rows.map(row => `${JSON.stringify(row)}\n`).join('');
}
