import type { ReadyClause } from '../columns/ready-filter.js';
import type { FilterClause } from '../query/filter.js';
import type { Analyzer } from '../text/analyzer.js';
import type { AskedTerms } from '../text/asked-terms.js';
import type { MemorySegment } from './memory-segment.js';
import type { StoredSegment } from './stored-segment.js';
import type { Weighting } from './weighting.js';

/** The index as one query sees it. */
export interface IndexView {
  readonly stored: readonly StoredSegment[];
  readonly memory: MemorySegment;
  readonly weighting: Weighting;
  /** names by field number */
  readonly fields: readonly string[];
  /** chain of the query's language */
  readonly analyzer: Analyzer;
  /** What a bag of words asks for, see wantedTerms. */
  readonly asked: (text: string) => readonly AskedTerms[];
  /** Makes it ready, work that tells its units (src/search/turns.ts). */
  readonly asking: (text: string) => Generator<number, void>;
  /** makes a condition ready for the columns: 'now' becomes the moment of the query, words are those of its language @throws TandemError 'search/bad-filter' */
  readonly ready: (clause: FilterClause) => ReadyClause;
  /** numbers of the fields whose weight is not 0 in this query; all when absent */
  readonly searched?: ReadonlySet<number>;
}
