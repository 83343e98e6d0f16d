/** Something that an import has settled, and where it found it: a file of the folder, an option, or that nothing says it. */
export interface Taken<T> {
  readonly value: T;
  readonly from: string;
}
