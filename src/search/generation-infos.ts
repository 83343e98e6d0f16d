import type { DocumentStore } from '../store/document-store.js';
import type { GenerationInfo } from './backend.js';
import { isReady, readGenerations } from './generation.js';

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
