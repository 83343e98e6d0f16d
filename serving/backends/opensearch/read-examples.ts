import type { Filter } from '../../../src/query/filter.js';
import {
  checkExamples,
  embedExamples,
  readExamples,
  type SimilarRequest,
  type WithExamples,
} from '../../../src/search/similar.js';
import type { ClusterParts } from './cluster-parts.js';
import { readDocuments } from './found-documents.js';
import { type PartSource, settled } from './part.js';

/** The request as both sides take it, with the embedding of its examples. @throws TandemError as embedExamples and readExamples */
export async function readExamplesFrom(
  parts: ClusterParts,
  source: PartSource,
  request: SimilarRequest,
  within?: Filter,
): Promise<WithExamples> {
  const { to = [], not = [] } = request.similar;
  const ids = [...to, ...not];
  const pictured = await embedExamples(parts, request);
  const stored = await readDocuments(parts.cluster, parts.names.index, ids, true);
  const { result } = await settled(source, ({ tokens }) => {
    if (within !== undefined)
      checkExamples(request, id => {
        const row = stored.get(id)?.row;
        return row !== undefined && tokens.passes(row, within);
      });
    return readExamples(
      {
        store: { get: id => stored.get(id)?.row },
        tokens,
        embeddings: asked => asked.map(id => stored.get(id)?.embedding),
      },
      request,
      pictured,
    );
  });
  return result;
}
