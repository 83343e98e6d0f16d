/** A document that a side of a search, or a ranking of both, offers for a query. */
export interface Candidate {
  readonly id: string;
  /** higher is better; comparable only within the list that it stands in */
  readonly score: number;
}
