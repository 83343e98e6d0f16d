import type { Feature } from './feature.js';

const day = 86_400_000;

export const numberOf = (field: string): Feature => ({
  about: `${field}, its least number; NaN without one`,
  compute: ({ numbers }) => numbers(field),
});

/** Recency. */
export const ageOf = (field: string): Feature => ({
  about: `days since the date ${field}; below 0 for one that is to come; NaN without one`,
  compute: ({ numbers, query: { now } }) => numbers(field).map(value => (now - value) / day),
});

/** The middle value; of an even number of values the lower of the two. NaN of none. */
function median(values: readonly number[]): number {
  const sorted = values.filter(value => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[(sorted.length - 1) >> 1];
}

/**
 * How a number stands beside those of other candidates, so that what is dear among batteries is not judged by what drills cost.
 * @param group  an attribute: candidates with the same first text of it are compared; all of them when absent
 */
export const relativeTo = (field: string, group?: string): Feature => ({
  about: `ln(${field} / its median among the candidates${group === undefined ? '' : ` of the same ${group}`}); NaN where either is not above 0`,
  compute: ({ numbers, texts }) => {
    const values = numbers(field);
    const groups = group === undefined ? undefined : texts(group);
    const keyOf = (row: number): string => groups?.[row][0] ?? '';
    const byGroup = new Map<string, number[]>();
    values.forEach((value, row) => {
      const key = keyOf(row);
      const members = byGroup.get(key);
      if (members === undefined) byGroup.set(key, [value]);
      else members.push(value);
    });
    const medians = new Map([...byGroup].map(([key, members]) => [key, median(members)]));
    return values.map((value, row) => {
      const middle = medians.get(keyOf(row)) as number;
      return value > 0 && middle > 0 ? Math.log(value / middle) : Number.NaN;
    });
  },
});

/** Whether a document is of the country, or in the language, that the query names. */
export const sameAs = (field: 'country' | 'language'): Feature => ({
  about: `1 where the document has the ${field} of the query, 0 where it has another, NaN where either names none`,
  compute: ({ query, texts, ids }) => {
    const wanted = query[field]?.toLowerCase();
    if (wanted === undefined) return new Float64Array(ids.length).fill(Number.NaN);
    return Float64Array.from(texts(field), own =>
      own.length === 0 ? Number.NaN : own.some(text => text.toLowerCase() === wanted) ? 1 : 0,
    );
  },
});
