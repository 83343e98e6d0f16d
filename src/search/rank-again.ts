import type { TokenFeatures } from '../lexical/score-documents.js';
import type { Candidate } from '../ranking/candidate.js';
import { featureTable } from '../ranking/feature-table.js';
import type { PairTable } from '../ranking/learned/deep-ranker.js';
import type { WordMatches } from '../ranking/match.js';
import type { CandidateTable } from '../ranking/ranker.js';
import { asCosine, innerProduct } from '../vector/cosine.js';
import type { SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';

/**
 * The features of the best candidates of the first ranking of a search, each computed when it is first asked for.
 * @param best   best first
 * @param sides  what both sides say of these and of others
 */
export function featuresOfSearch(
  { embeddings: embeddingsOf }: Pick<IndexParts, 'embeddings'>,
  { prepared, read, embedded }: Pick<Retrieved, 'prepared' | 'read' | 'embedded'>,
  { country, language }: SearchRequest,
  best: readonly Candidate[],
  sides: CandidateTable,
): PairTable {
  const ids = best.map(({ id }) => id);
  const embeddings = once(() => embeddingsOf(ids));
  const tokenFeatures = once((): TokenFeatures => prepared.features(ids));
  // the vector side computed the cosines of what it found; the embeddings of the others are read
  const cosines = (): Float64Array => {
    const found = table.column('vectorScore');
    const missing = ids.filter((_, row) => Number.isNaN(found[row]));
    const read = cosinesTo(embedded?.embedding, embeddingsOf(missing));
    let next = 0;
    return found.map(cosine => (Number.isNaN(cosine) ? read[next++] : cosine));
  };
  const table = featureTable(best, sides, {
    query: { text: read.plain, country, language, now: Date.now() },
    complete: feature => (feature !== 'cosine' ? tokenFeatures()[feature] : cosines()),
    matches: once((): WordMatches => prepared.matches(ids)),
    numbers: field => prepared.numbers(field, ids),
    texts: field => prepared.texts(field, ids),
  });
  return {
    ...table,
    queryEmbedding: () => embedded?.embedding,
    documentEmbedding: row => embeddings()[row],
  };
}

/** What is made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const cosinesTo = (
  direction: Float32Array | undefined,
  embeddings: readonly (Float32Array | undefined)[],
): Float64Array =>
  Float64Array.from(embeddings, embedding =>
    direction === undefined || embedding === undefined ? Number.NaN : asCosine(innerProduct(direction, embedding, 0)),
  );
