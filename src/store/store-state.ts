/** How far the embeddings of one generation are. */
export interface GenerationState {
  /** last commit whose documents they know */
  readonly seen: number;
  /** last commit that its saved vectors know: what later ones touched is still to be told */
  readonly kept: number;
  /** D; null while it has no embedding */
  readonly width: number | null;
  /** while all documents are embedded for the first time: the last id that is, '' before the first, and how many are */
  readonly adding?: { readonly after: string; readonly done: number };
}

/** The record that every commit writes anew. */
export interface State {
  readonly sequence: number;
  readonly count: number;
  /** whether every record has a checksum; absent in stores that were made before there were any */
  readonly sealed?: true;
  /** by number */
  readonly generations: Readonly<Record<string, GenerationState>>;
  /** the highest number that a generation ever had */
  readonly lastGeneration: number;
}

/** As stores wrote it that had one generation and no word for it. */
interface OlderState {
  readonly sequence: number;
  readonly count: number;
  readonly width: number | null;
  readonly sealed?: true;
}

export const firstState: State = {
  sequence: 0,
  count: 0,
  sealed: true,
  generations: { 0: { seen: 0, kept: 0, width: null } },
  lastGeneration: 0,
};

/** The state under the names of this version. */
export function stateOf(found: State | OlderState): State {
  if ('generations' in found) return found;
  const { width, ...rest } = found;
  const { sequence } = rest;
  return { ...rest, generations: { 0: { seen: sequence, kept: sequence, width } }, lastGeneration: 0 };
}

/** The state with one generation changed. */
export const withGeneration = (state: State, number: number, change: GenerationState): State => ({
  ...state,
  generations: { ...state.generations, [number]: change },
  lastGeneration: Math.max(state.lastGeneration, number),
});

/** The last commit whose list of ids none of the other generations needs any more. */
export const forgettable = (state: State, through: number, active: number): number =>
  Object.entries(state.generations).reduce(
    (least, [number, { seen, kept }]) => (Number(number) === active ? least : Math.min(least, seen, kept)),
    through,
  );
