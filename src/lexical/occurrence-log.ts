import { GrowingArray } from './growing-array.js';

/** The terms of a field of a document, in the order of their positions, none twice at a position. */
export interface FieldOccurrences {
  /** numbers of term-numbers.ts */
  readonly terms: GrowingArray;
  /** of the same length */
  readonly positions: GrowingArray;
  /** positions that hold a term: finer parts stand at the position of their word and do not make a text longer */
  length: number;
}

export const noOccurrences = (): FieldOccurrences => ({
  terms: new GrowingArray(),
  positions: new GrowingArray(),
  length: 0,
});

/** Occurrences that are taken in, or sorted, in one go; and units of work (src/search/turns.ts) of one. */
const atOnce = 2 ** 14;
const occurrenceWork = 1 / 4;

/** Occurrences by term, those of one term in a row, documents in the order that was asked for. */
export interface SortedOccurrences {
  /** by term: where its occurrences begin, and behind the last one where they all end */
  readonly starts: Uint32Array;
  /** by occurrence: run of the log, and position */
  readonly runs: Uint32Array;
  readonly positions: Uint32Array;
}

/** The terms of documents in the order in which these came, as runs of one field of one document. */
export class OccurrenceLog {
  private readonly terms = new GrowingArray();
  private readonly positions = new GrowingArray();
  /** by run */
  readonly slots = new GrowingArray();
  readonly fields = new GrowingArray();
  private readonly ends = new GrowingArray();
  /** by slot: where its runs end */
  private readonly slotEnds = new GrowingArray();

  /** Occurrences, those of removed documents too. */
  get length(): number {
    return this.terms.length;
  }

  /** Documents that are there whole. */
  get documents(): number {
    return this.slotEnds.length;
  }

  /** @param fields  of the document behind the last one @yields units of work */
  *adding(fields: readonly FieldOccurrences[]): Generator<number, void> {
    const slot = this.documents;
    for (let field = 0; field < fields.length; field++) {
      const { terms } = fields[field];
      for (let from = 0; from < terms.length; from += atOnce) {
        if (from > 0) yield atOnce * occurrenceWork;
        this.push(fields[field], from, Math.min(terms.length, from + atOnce));
      }
      if (terms.length > 0) this.endRun(slot, field);
    }
    this.slotEnds.push(this.ends.length);
  }

  /** The same at once, for a document of few occurrences: most are, and generators take longer than these. */
  add(fields: readonly FieldOccurrences[]): void {
    const slot = this.documents;
    for (let field = 0; field < fields.length; field++) {
      const { length } = fields[field].terms;
      if (length === 0) continue;
      this.push(fields[field], 0, length);
      this.endRun(slot, field);
    }
    this.slotEnds.push(this.ends.length);
  }

  private push({ terms, positions }: FieldOccurrences, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.terms.push(terms.data[i]);
      this.positions.push(positions.data[i]);
    }
  }

  private endRun(slot: number, field: number): void {
    this.slots.push(slot);
    this.fields.push(field);
    this.ends.push(this.terms.length);
  }

  /** Runs of a document, from the first of them up to where they end. */
  runsOf(slot: number): { readonly from: number; readonly to: number } {
    return { from: slot === 0 ? 0 : this.slotEnds.data[slot - 1], to: this.slotEnds.data[slot] };
  }

  /** Occurrences of a run, from the first of them up to where they end. */
  start(run: number): number {
    return run === 0 ? 0 : this.ends.data[run - 1];
  }

  end(run: number): number {
    return this.ends.data[run];
  }

  termAt(occurrence: number): number {
    return this.terms.data[occurrence];
  }

  positionAt(occurrence: number): number {
    return this.positions.data[occurrence];
  }

  /** @param slots  documents in the order that is asked for @param termCount  all numbers are below @yields units of work */
  *byTerm(slots: readonly number[], termCount: number): Generator<number, SortedOccurrences> {
    const runs = this.runsInOrder(slots);
    const starts = new Uint32Array(termCount + 1);
    let done = 0;
    for (const run of runs) {
      for (let from = this.start(run); from < this.end(run); from += atOnce) {
        const to = Math.min(this.end(run), from + atOnce);
        this.count(from, to, starts);
        done += to - from;
        if (done < atOnce) continue;
        yield done * occurrenceWork;
        done = 0;
      }
    }
    let all = 0;
    for (let term = 0; term <= termCount; term++) {
      const count = starts[term];
      starts[term] = all;
      all += count;
    }
    const sorted = { starts, runs: new Uint32Array(all), positions: new Uint32Array(all) };
    const next = starts.slice();
    for (const run of runs) {
      for (let from = this.start(run); from < this.end(run); from += atOnce) {
        const to = Math.min(this.end(run), from + atOnce);
        this.place(run, from, to, next, sorted);
        done += to - from;
        if (done < atOnce) continue;
        yield done * occurrenceWork;
        done = 0;
      }
    }
    return sorted;
  }

  private count(from: number, to: number, counts: Uint32Array): void {
    const { data: terms } = this.terms;
    for (let i = from; i < to; i++) counts[terms[i]]++;
  }

  /** @param next  by term: where its next occurrence goes */
  private place(
    run: number,
    from: number,
    to: number,
    next: Uint32Array,
    { runs, positions }: SortedOccurrences,
  ): void {
    const { data: terms } = this.terms;
    const { data: own } = this.positions;
    for (let i = from; i < to; i++) {
      const at = next[terms[i]]++;
      runs[at] = run;
      positions[at] = own[i];
    }
  }

  private runsInOrder(slots: readonly number[]): Uint32Array {
    const runs = new GrowingArray();
    for (const slot of slots) {
      const { from, to } = this.runsOf(slot);
      for (let run = from; run < to; run++) runs.push(run);
    }
    return runs.used;
  }
}
