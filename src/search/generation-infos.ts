import type { DocumentStore } from '../store/document-store.js';
import { isReady, readGenerations } from './generation.js';

/** A generation of an index: all that one model made in it (docs/generations.md). */
export interface GenerationInfo {
  readonly number: number;
  /** sha256 of its model; null for tokens alone */
  readonly modelId: string | null;
  /** numbers of an embedding, D; null without a model */
  readonly width: number | null;
  /** when it was added, ISO 8601 */
  readonly created: string;
  /** how much vectors count beside tokens, 0..1 */
  readonly fusionWeight: number;
  /** whether searches use it */
  readonly active: boolean;
  /** whether searches used it before the active one: rolling back goes back to it */
  readonly previous: boolean;
  /** whether it can be switched to; one that is not is being added, or was begun and ended */
  readonly ready: boolean;
  /** documents that it has embedded, of all */
  readonly embedded: number;
  readonly documents: number;
  /** writes that it has not taken in yet; they are before it becomes the active one */
  readonly behind: number;
}

/** The generations of an index, in the order of their numbers. @throws TandemError 'index/*' */
export async function generationInfos(folder: string, store: DocumentStore): Promise<readonly GenerationInfo[]> {
  const { manifest, generations } = await readGenerations(folder);
  const sequence = store.sequence();
  const documents = store.count();
  return generations.map(generation => {
    const { number, modelId, width, created, settings } = generation;
    const state = store.generations.state(number);
    return {
      ...{ number, modelId, width, created, fusionWeight: settings.fusionWeight },
      active: number === manifest.generation,
      previous: number === manifest.previousGeneration,
      ready: isReady(generation),
      embedded: modelId === null || state === undefined ? 0 : (state.adding?.done ?? documents),
      documents,
      behind: sequence - (state?.seen ?? 0),
    };
  });
}
