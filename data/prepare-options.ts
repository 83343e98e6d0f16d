import type { EventRules } from './event-rules.js';
import type { DocumentSource } from './read-documents.js';
import type { EventSource, PairSource, QuerySource } from './read-pairs.js';
import type { SplitShares } from './split.js';

export interface PrepareProgress {
  readonly stage: 'documents' | 'events' | 'pairs';
  /** rows read so far */
  readonly rows: number;
}

export interface PrepareOptions {
  /** files of documents, or a BEIR folder, which holds its own queries and judgements; a path by itself is read as it stands */
  readonly documents: string | DocumentSource;
  /** files of positive pairs */
  readonly pairs?: string | PairSource;
  /** files of events that the positive pairs are made from, in place of `pairs` */
  readonly events?: string | EventSource;
  readonly eventRules?: EventRules;
  /** queries and their judgements (TREC) that are validated on; then every pair is trained on */
  readonly queries?: string | QuerySource;
  readonly qrels?: string;
  /** the folder that is written; data prepared there before is replaced */
  readonly out: string;
  readonly shares: SplitShares;
  /** with another seed other queries are held out */
  readonly seed: number;
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** called with a sentence about how a file was read */
  readonly onNote?: (note: string) => void;
}
