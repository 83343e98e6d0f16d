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
}
