import type { SortKey } from '../query/query.js';
import type { AnalysisVersion } from '../text/analyzer.js';
import type { FieldOptions } from './index-fields.js';

/** The part of the indexing configuration that the token index obeys. */
export interface TokenIndexOptions extends FieldOptions {
  readonly bm25: { readonly k1: number; readonly b: number };
  /** BCP 47 tag for documents and queries that name no language */
  readonly language: string;
  /** the order in which immutable segments lie, so that a search sorted by it can stop early; as they came when null or absent */
  readonly sort?: SortKey | null;
  /** searched fields whose texts are values of attributes too */
  readonly valueFields?: readonly string[];
  /** whether queries are mended by the vocabulary of the index: corrected, split and joined words; not when absent */
  readonly spelling?: boolean;
  /** whether the best documents are ranked anew by proximity (proximity.ts); not when absent */
  readonly proximity?: boolean;
  /** how texts become terms; as at present when absent */
  readonly analysis?: AnalysisVersion;
  /** memory for unpacked posting lists at most, MiB; 128 when absent */
  readonly postingCacheMiB?: number;
}
