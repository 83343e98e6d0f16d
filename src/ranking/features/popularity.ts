/** What a ranker remembers of the queries that it learnt from: of which documents people said that they are good, and how often. */
export type Popularity = ReadonlyMap<string, number>;

/** Name of the feature in a ranker. */
export const popularityFeature = 'popularity';

export const aboutPopularity =
  'sum over the queries learnt from of the gain of the document / the greatest gain, >= 0; the query itself left out';

/** By row; 0 for a document that no query said anything of. */
export const popularityOf = (popularity: Popularity, ids: readonly string[]): Float64Array =>
  Float64Array.from(ids, id => popularity.get(id) ?? 0);
