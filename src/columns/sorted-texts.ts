/** Texts in code-unit order, as `keptText` gives them. */
export interface SortedTexts {
  readonly count: number;
  value(ordinal: number): string;
  /** UTF-16 units of the texts of a stretch of ordinals, or about so many. */
  unitsBetween(from: number, to: number): number;
  /** Visits the texts of a stretch, each as part of a string; faster than `value` where there are many. */
  eachText(from: number, to: number, visit: (text: string, start: number, end: number, ordinal: number) => void): void;
}

/** @param units  of a text, about */
export const sortedTexts = (count: number, value: (ordinal: number) => string, units: number): SortedTexts => ({
  count,
  value,
  unitsBetween: (from, to) => units * (to - from),
  eachText: (from, to, visit) => {
    for (let ordinal = from; ordinal < to; ordinal++) {
      const text = value(ordinal);
      visit(text, 0, text.length, ordinal);
    }
  },
});
