/** A way to go on with what was typed. */
export interface Completion {
  readonly text: string;
  /** word: the last word is written to its end, or the next one is added; title: a document is called so */
  readonly kind: 'word' | 'title';
  /** of a title */
  readonly id?: string;
}

export interface CompletionRequest {
  readonly text: string;
  /** BCP 47; that of the index when absent */
  readonly language?: string;
  /** completions wanted, 1..50 */
  readonly k: number;
}
