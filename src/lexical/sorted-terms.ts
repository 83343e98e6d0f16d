/** Terms by number, in the order of their code points. */
export interface SortedTerms {
  readonly count: number;
  term(ordinal: number): string;
  /** number of the first term that does not stand before this one */
  lowerBound(term: string): number;
}

export function* prefixTerms(terms: SortedTerms, prefix: string): IterableIterator<string> {
  for (let i = terms.lowerBound(prefix); i < terms.count; i++) {
    const term = terms.term(i);
    if (!term.startsWith(prefix)) return;
    yield term;
  }
}

/**
 * Terms within an edit distance: the rows of the alignment table are kept for the prefix that a term shares with the one before it,
 * and a prefix from which the wanted term is out of reach is left behind with all the terms that begin with it.
 */
export function* fuzzyTerms(terms: SortedTerms, wanted: string, distance: number): IterableIterator<string> {
  const table = new AlignmentTable(Array.from(wanted), distance);
  for (let i = 0; i < terms.count; ) {
    const term = terms.term(i);
    const points = Array.from(term);
    const reached = table.align(points);
    if (reached < points.length) {
      i = Math.max(i + 1, terms.lowerBound(afterPrefix(points.slice(0, reached + 1))));
      continue;
    }
    if (table.isWithin()) yield term;
    i++;
  }
}

/** The first string behind all that begin with a prefix. */
function afterPrefix(prefix: string[]): string {
  const last = prefix[prefix.length - 1].codePointAt(0) as number;
  const head = prefix.slice(0, -1);
  if (last === 0x10ffff) return head.length === 0 ? `${prefix.join('')}\u{10ffff}` : afterPrefix(head);
  return head.join('') + String.fromCodePoint(last + 1);
}

/** Damerau's distance without overlapping edits (optimal string alignment), row by row, one row for each character of the other term. */
class AlignmentTable {
  private readonly rows: number[][];
  private points: string[] = [];
  /** characters whose rows are filled */
  private depth = 0;

  constructor(
    private readonly wanted: readonly string[],
    private readonly distance: number,
  ) {
    this.rows = [wanted.map((_, i) => i).concat(wanted.length)];
  }

  /** @returns how many characters could be aligned before the distance was out of reach; all of them when it was not */
  align(points: string[]): number {
    let shared = 0;
    const most = Math.min(this.depth, points.length);
    while (shared < most && points[shared] === this.points[shared]) shared++;
    this.points = points;
    this.depth = shared;
    while (this.depth < points.length) {
      if (this.addRow() > this.distance) return this.depth - 1;
    }
    return this.depth;
  }

  isWithin(): boolean {
    return this.rows[this.depth][this.wanted.length] <= this.distance;
  }

  /** @returns the least value from which the end can still be reached */
  private addRow(): number {
    const { wanted, points } = this;
    const i = ++this.depth;
    const above = this.rows[i - 1];
    const row = [i];
    let least = i;
    for (let j = 1; j <= wanted.length; j++) {
      const same = points[i - 1] === wanted[j - 1];
      let value = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && points[i - 1] === wanted[j - 2] && points[i - 2] === wanted[j - 1]) {
        value = Math.min(value, this.rows[i - 2][j - 2] + 1);
      }
      row.push(value);
      if (value < least) least = value;
    }
    this.rows[i] = row;
    // a swap reaches over one row: the row above may still be the way
    const before = i > 1 ? Math.min(...above) + 1 : least;
    return Math.min(least, before);
  }
}
