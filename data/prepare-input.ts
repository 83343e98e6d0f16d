import type { PairRow } from '../src/config/rows.js';
import type { JudgedQueries } from './prepared-files.js';
import type { SourcedDocument } from './read-documents.js';
import type { LeftOutPairs } from './read-pairs.js';
import type { SourcedRow } from './sources/parse-row.js';
import type { Split } from './split.js';

/** What `prepare` reads from, whatever its form. */
export interface PrepareInput {
  readonly documents: AsyncIterable<SourcedDocument>;
  readonly pairs: AsyncIterable<SourcedRow<PairRow>>;
  readonly splitOf: (key: string) => Split;
  /** judged queries that were given, in place of or beside those that the split holds out */
  readonly given: Readonly<Partial<Record<'validation' | 'test', JudgedQueries>>>;
  readonly sources: readonly string[];
  /** what judgements of pairs leave out, complete once the pairs were drawn */
  readonly leftOut?: LeftOutPairs;
}
