import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import type { RecallFigures, RecallProbe } from './recall-probe.js';

/** What a cache did since it was made. */
export interface CacheFigures {
  readonly hits: number;
  readonly misses: number;
  /** that it holds, about */
  readonly bytes: number;
}

/** How an opened index is, for whoever watches it. */
export interface IndexFigures {
  /** last commit that searches see */
  readonly commit: number;
  /** commits in the store that they do not see yet */
  readonly behind: number;
  /** commits that the next opening would replay, since derived parts were saved without them; of an index that is written to */
  readonly unsaved?: number;
  /** immutable ones of the token index */
  readonly segments: number;
  readonly segmentBytes: number;
  readonly caches: Readonly<Record<string, CacheFigures>>;
  /** of samples of the queries that a graph answered; absent while there is none */
  readonly recall?: RecallFigures;
}

/** What of an opened index tells how it is. */
interface WatchedParts {
  readonly store: Pick<DocumentStore, 'sequence'>;
  readonly tokens: Pick<TokenIndex, 'measures' | 'listCache'>;
  readonly queryCache?: () => CacheFigures;
  readonly recallProbe?: Pick<RecallProbe, 'figures'>;
}

export function figuresOf(
  { store, tokens, queryCache, recallProbe }: WatchedParts,
  cursors: CacheFigures,
): IndexFigures {
  const { segments, bytes } = tokens.measures();
  const { hits, misses, bytes: listBytes } = tokens.listCache();
  const recall = recallProbe?.figures();
  return {
    ...(recall && { recall }),
    commit: store.sequence(),
    behind: 0,
    segments,
    segmentBytes: bytes.total,
    caches: {
      postings: { hits, misses, bytes: listBytes },
      cursors,
      ...(queryCache && { queries: queryCache() }),
    },
  };
}
