/** What BM25F needs to know about the whole index: counts over the living documents of all segments, kept up to date by sums. */
export class CollectionStatistics {
  /** N */
  documents = 0;
  /** by field: terms in all documents, and documents whose field is not empty */
  private readonly totalLength: number[];
  private readonly withField: number[];
  /** rises with every change: what was computed from statistics is stale */
  version = 0;

  constructor(private fields: number) {
    this.totalLength = new Array<number>(fields).fill(0);
    this.withField = new Array<number>(fields).fill(0);
  }

  get fieldCount(): number {
    return this.fields;
  }

  /** There are so many fields, or more. */
  grow(fieldCount: number): void {
    for (; this.fields < fieldCount; this.fields++) {
      this.totalLength.push(0);
      this.withField.push(0);
    }
  }

  /** Mean length of a field over the documents that have it; 0 when none has. */
  averageLength(field: number): number {
    return !this.withField[field] ? 0 : this.totalLength[field] / this.withField[field];
  }

  /** Counts one document in, or out. */
  count(lengthOf: (field: number) => number, sign: 1 | -1): void {
    for (let field = 0; field < this.fieldCount; field++) {
      const length = lengthOf(field);
      this.totalLength[field] += sign * length;
      if (length > 0) this.withField[field] += sign;
    }
    this.documents += sign;
    this.version++;
  }

  /** Counts many documents in at once. */
  addAll(documents: number, totalLength: readonly number[], withField: readonly number[]): void {
    for (let field = 0; field < this.fieldCount; field++) {
      this.totalLength[field] += totalLength[field] ?? 0;
      this.withField[field] += withField[field] ?? 0;
    }
    this.documents += documents;
    this.version++;
  }
}
