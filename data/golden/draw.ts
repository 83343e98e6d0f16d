import { allocate } from './allocate.js';
import type { CountedQuery } from './count-queries.js';
import { stratify } from './strata.js';

/** A query that was drawn, and the stratum that it stands for. */
export interface DrawnQuery extends CountedQuery {
  readonly stratum: string;
}

export interface DrawnStratum {
  readonly name: string;
  readonly mass: number;
  /** distinct queries in it, and those drawn */
  readonly queries: number;
  readonly drawn: number;
}

/**
 * A stratified sample: of each stratum of frequency, length, country and class so many as `allocate` says, by chance: those whose hash is least, so that
 * the same queries and seed give the same sample.
 * @param size  queries wanted; all are drawn where there are fewer
 */
export function drawGolden(
  queries: readonly CountedQuery[],
  size: number,
): { readonly drawn: readonly DrawnQuery[]; readonly strata: readonly DrawnStratum[] } {
  const strata = stratify(queries);
  const parts = allocate(
    strata.map(({ mass, queries: members }) => ({ mass, queries: members.length })),
    size,
  );
  const drawn = strata.flatMap(({ name, queries: members }, at) =>
    [...members]
      .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
      .slice(0, parts[at])
      .map(query => ({ ...query, stratum: name })),
  );
  return {
    drawn,
    strata: strata.map(({ name, mass, queries: members }, at) => ({
      name,
      mass,
      queries: members.length,
      drawn: parts[at],
    })),
  };
}
