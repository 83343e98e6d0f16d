/** Most pairs kept for a field of a block; what is beyond is joined into one pair that stands for all of it. */
const mostPairs = 8;

/** An impact is two words: `field << 24 | frequency`, length of the field. */
export const impactWords = 2;

/**
 * Which pairs of (frequency, field length) of a list of postings can give the highest score, whatever the statistics of the index: those
 * that no other pair beats in both, since a score rises with the frequency and falls with the length (Lucene's impacts).
 */
export class ImpactSet {
  /** by field: pairs with rising frequency and rising length */
  private readonly frequencies: number[][];
  private readonly lengths: number[][];

  constructor(readonly fieldCount: number) {
    this.frequencies = Array.from({ length: fieldCount }, () => []);
    this.lengths = Array.from({ length: fieldCount }, () => []);
  }

  clear(): void {
    for (let field = 0; field < this.fieldCount; field++) {
      this.frequencies[field].length = 0;
      this.lengths[field].length = 0;
    }
  }

  add(field: number, frequency: number, length: number): void {
    const frequencies = this.frequencies[field];
    const lengths = this.lengths[field];
    let at = 0;
    while (at < frequencies.length && frequencies[at] < frequency) at++;
    if (at < frequencies.length && lengths[at] <= length) return;
    // those with no higher frequency and no shorter length are beaten
    const end = at < frequencies.length && frequencies[at] === frequency ? at + 1 : at;
    let start = at;
    while (start > 0 && lengths[start - 1] >= length) start--;
    if (end === start + 1) {
      frequencies[start] = frequency;
      lengths[start] = length;
      return;
    }
    frequencies.splice(start, end - start, frequency);
    lengths.splice(start, end - start, length);
  }

  addAll(other: ImpactSet): void {
    other.each((field, frequency, length) => this.add(field, frequency, length));
  }

  /** @returns the pairs as words, fields rising */
  words(): number[] {
    const words: number[] = [];
    this.each((field, frequency, length) => words.push(((field << 24) | frequency) >>> 0, length));
    return words;
  }

  private each(visit: (field: number, frequency: number, length: number) => void): void {
    for (let field = 0; field < this.fieldCount; field++) {
      const frequencies = this.frequencies[field];
      const lengths = this.lengths[field];
      const single = Math.min(frequencies.length, mostPairs - 1);
      for (let i = 0; i < single; i++) visit(field, frequencies[i], lengths[i]);
      if (frequencies.length > single) visit(field, frequencies[frequencies.length - 1], lengths[single]);
    }
  }
}
