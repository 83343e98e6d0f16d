/** What a query or a filter may be made of; docs/queries.md and docs/filters.md repeat these. */
export const limits = {
  /** UTF-16 units of a query string, and of each text in a tree */
  units: 4096,
  /** UTF-16 units of all texts of a tree together, and of a filter's: each is analysed, at up to 3 microseconds a unit */
  texts: 32_768,
  /** clauses of a query in all, those inside others and those of its conditions too */
  clauses: 256,
  /** clauses inside one another; parentheses too */
  depth: 16,
  boost: 1e6,
  slop: 100,
  edits: 2,
  /** units of the name of a field or an attribute */
  name: 256,
  /** conditions side by side, and values of a `terms` condition */
  conditions: 64,
  values: 1024,
  /** units of a value of `prefix` and `like`: so many of a text are compared; and patterns of one `like` */
  comparedUnits: 256,
  patterns: 64,
  functions: 16,
  sortKeys: 8,
  /** hits of one group */
  groupSize: 100,
  facets: 32,
  facetSize: 1000,
  facetRanges: 64,
} as const;
