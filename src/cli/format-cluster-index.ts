import type { MadeClusterIndex } from '../api/indexes/make-cluster-index.js';
import { formatFusion } from './format-fusion.js';

/** What became of the documents, for people. */
export function describeClusterIndex({
  index,
  generation,
  documents,
  duplicates,
  meta,
  fusion,
}: MadeClusterIndex): string {
  const vectors = meta.width === null ? 'tokens alone' : `vectors of ${meta.width} numbers`;
  const made = `${index}, generation ${generation}: ${documents} documents, ${duplicates} ${duplicates === 1 ? 'duplicate' : 'duplicates'} left out, ${vectors}`;
  return fusion === undefined ? made : `${made}\n${formatFusion(meta.indexing.fusionWeight, fusion)}`;
}

/** The same for machines. */
export const clusterIndexOutcome = ({ index, generation, documents, duplicates, meta, fusion }: MadeClusterIndex) => ({
  index,
  generation,
  documents,
  duplicates,
  modelId: meta.modelId,
  fusionWeight: meta.indexing.fusionWeight,
  attributeWeight: meta.indexing.attributeWeight,
  ...(fusion && { fusion }),
});
