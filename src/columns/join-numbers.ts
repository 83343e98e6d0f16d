import { eachBit } from '../math/bit-set.js';
import type { NumberColumn } from './segment-columns.js';

/** Numbers and dates of one path as one column; undefined where there are neither. */
export function joinNumbers(
  numbers: NumberColumn | undefined,
  dates: NumberColumn | undefined,
): NumberColumn | undefined {
  if (numbers === undefined || dates === undefined) return numbers ?? dates;
  const values = (doc: number): number[] =>
    [...new Set([...numbers.values(doc), ...dates.values(doc)])].sort((a, b) => a - b);
  return {
    least: doc => either(numbers.least(doc), dates.least(doc), Math.min),
    greatest: doc => either(numbers.greatest(doc), dates.greatest(doc), Math.max),
    values,
    each: (docs, visit) =>
      eachBit(docs, doc => {
        for (const value of values(doc)) visit(value, doc);
      }),
  };
}

const either = (a: number, b: number, choose: (a: number, b: number) => number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : choose(a, b);
