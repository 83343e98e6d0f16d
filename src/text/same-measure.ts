/** Units of one size, from small to large; each with how many of the first it is. */
const families: readonly (readonly (readonly [unit: string, factor: number])[])[] = [
  [
    ['ml', 1],
    ['cl', 10],
    ['dl', 100],
    ['l', 1000],
  ],
  [
    ['mg', 1],
    ['g', 1000],
    ['kg', 1_000_000],
  ],
  [
    ['mm', 1],
    ['cm', 10],
    ['m', 1000],
    ['km', 1_000_000],
  ],
  [
    ['mb', 1],
    ['gb', 1000],
    ['tb', 1_000_000],
  ],
  [
    ['mah', 1],
    ['ah', 1000],
  ],
  [
    ['watt', 1],
    ['kw', 1000],
  ],
  [
    ['hz', 1],
    ['khz', 1000],
    ['mhz', 1_000_000],
    ['ghz', 1_000_000_000],
  ],
];
const familyOf = new Map(
  families.flatMap(family => family.map(([unit, factor]) => [unit, { family, factor }] as const)),
);

/** Digits that people write of a measure, and its least and its largest number. */
const mostDigits = 4;
const [least, largest] = [0.01, 99_999];

/**
 * A measure in the other units in which people may write it: 75 cl is 750 ml and 0.75 l.
 * @param number  as measures.ts writes it
 * @param unit    its term
 * @returns at most three
 */
export function sameMeasures(number: string, unit: string): readonly (readonly [number: string, unit: string])[] {
  const known = familyOf.get(unit);
  if (known === undefined || !/^\d+(?:\.\d+)?$/.test(number)) return [];
  const value = Number(number) * known.factor;
  return known.family.flatMap(([other, factor]) => {
    const converted = value / factor;
    if (other === unit || converted < least || converted > largest) return [];
    const written = String(Number(converted.toPrecision(12)));
    const digits = written.replace('.', '').replace(/^0+|0+$/g, '');
    return digits.length > mostDigits ? [] : [[written, other] as const];
  });
}
