import { type TextPaths, textPaths } from '../../../src/columns/attributes.js';
import type { ResolvedIndexing } from '../../../src/config/indexing.js';
import type { Rule } from '../../../src/curation/rule.js';
import type { AnalysisChains } from '../../../src/lexical/analysis-chains.js';
import { indexFields } from '../../../src/lexical/index-fields.js';
import type { DocumentEmbedder, PictureEmbedder, QueryEmbedder } from '../../../src/search/backend.js';
import type { IndexRanker } from '../../../src/search/index-ranker.js';
import type { RuleBook } from '../../../src/search/rule-book.js';
import type { Cluster } from './cluster.js';
import { type KeptAnswers, openLookups } from './lookups.js';
import type { IndexMeta } from './mapping.js';
import type { GenerationNames } from './names.js';
import type { PartSource } from './part.js';
import type { SearchedAlias } from './search-index.js';
import type { RowSizes } from './shown-rows.js';
import type { StatisticsSource } from './statistics.js';

/** What of the documents and settings of an index stands beside them. */
export interface IndexState {
  readonly chains: AnalysisChains;
  readonly rules: { readonly rules: readonly Rule[] } & Pick<RuleBook, 'matcher'>;
  /** how it is searched at present: as it was made, or as was chosen since */
  readonly manifest: Pick<IndexMeta, 'indexing' | 'fusionClasses'>;
  readonly ranker: IndexRanker | null;
}

/** An opened index of a cluster. */
export interface ClusterParts {
  readonly cluster: Cluster;
  readonly names: GenerationNames;
  readonly searched: SearchedAlias;
  readonly meta: IndexMeta;
  readonly statistics: StatisticsSource;
  readonly kept: KeptAnswers;
  readonly sizes: RowSizes;
  /** null: the index was opened without its model */
  readonly embedQuery: QueryEmbedder['embedQuery'] | null;
  readonly embedDocuments?: DocumentEmbedder['embedDocuments'];
  readonly embedPictures?: PictureEmbedder['embedPictures'];
}

/** What the words of one search are asked of. @throws TandemError 'cluster/*' */
export async function partSource(
  parts: ClusterParts,
  { chains, manifest }: Pick<IndexState, 'chains' | 'manifest'>,
): Promise<PartSource> {
  const { searched, kept, statistics, meta } = parts;
  const fields = fieldNames(meta.indexing);
  return {
    indexing: manifest.indexing,
    chains,
    statistics: await statistics.present(),
    openLookups: presumes => openLookups(searched, kept, fields, presumes),
  };
}

export const fieldNames = (indexing: ResolvedIndexing): readonly string[] => indexFields(indexing).names;

export const attributePaths = (indexing: ResolvedIndexing): TextPaths =>
  textPaths(indexFields(indexing).own, indexing.valueFields);

export const hasVectors = ({ meta, embedQuery }: Pick<ClusterParts, 'meta' | 'embedQuery'>): boolean =>
  meta.width !== null && embedQuery !== null;
