import type { RootDatabase } from 'lmdb';
import { TandemError } from '../errors/tandem-error.js';
import type { EmbeddingDatabases } from './embedding-databases.js';
import { documentKey, sealEmbedding } from './encode-change.js';
import { type GenerationState, type State, withGeneration } from './store-state.js';
import { claimWriting, type FileIdentity, generationClaim, type HeldClaim } from './writing-claim.js';

/** An embedding of a document, float32 [D]; without it the document has none in the generation. */
export interface GivenEmbedding {
  readonly id: string;
  readonly embedding?: Float32Array;
}

/**
 * The embeddings of the generations of a store, beside those that every commit writes. What is written here is no commit: documents and the sequence stay
 * as they are.
 */
export interface StoredGenerations {
  /** undefined where there is none of this number */
  state(generation: number): GenerationState | undefined;
  numbers(): readonly number[];
  /** a number that no generation has had yet */
  nextNumber(): number;
  /**
   * Makes this opening the only one that changes the embeddings of a generation. @returns gives the claim back
   * @throws TandemError 'generation/busy' | 'index/replaced'
   */
  claim(generation: number): Promise<() => Promise<void>>;
  /** Notes a generation that has no embedding yet: what commits touch from now on is kept for it. */
  begin(generation: number, width: number): Promise<void>;
  /**
   * Stores embeddings, or takes them away, and how far the generation is with them, in one transaction.
   * @throws TandemError 'files/disk-full' | 'files/write-failed' | 'index/claim-lost' | 'generation/unknown'; nothing is stored then
   */
  write(
    generation: number,
    embeddings: readonly GivenEmbedding[],
    change: Partial<Omit<GenerationState, 'width'>>,
  ): Promise<void>;
  /** Takes a generation away with all its embeddings. */
  forget(generation: number): Promise<void>;
}

/** What they are made of. */
export interface GenerationParts {
  readonly root: RootDatabase;
  readonly folder: string;
  readonly opened: FileIdentity | undefined;
  readonly embeddingsOf: EmbeddingDatabases;
  readonly state: () => State;
  /** to be called inside a transaction */
  readonly putState: (state: State) => void;
  /** runs a transaction of whoever may write, and waits until it is on disk */
  readonly writing: <T>(action: () => T) => Promise<T>;
}

export function storedGenerations(parts: GenerationParts): StoredGenerations {
  const { root, folder, opened, embeddingsOf, state, putState, writing } = parts;
  const claims = new Map<number, HeldClaim>();
  const stateOf = (generation: number): GenerationState | undefined => state().generations[generation];
  const unknown = (number: number): TandemError =>
    new TandemError('generation/unknown', `${folder}: there is no generation ${number}`, { number });

  /** A transaction that looks whether the generation is still there, and still this opening's where it was claimed. */
  async function changing(generation: number, action: (found: GenerationState, all: State) => void): Promise<void> {
    await claims.get(generation)?.checkFile();
    const fault = await writing(() => {
      const all = state();
      const found = all.generations[generation];
      if (found === undefined) return unknown(generation);
      if (claims.get(generation)?.isHeld() === false) return lost(generation);
      action(found, all);
      return undefined;
    });
    if (fault !== undefined) throw fault;
  }
  const lost = (number: number): TandemError =>
    new TandemError('index/claim-lost', `${folder}: another process has taken over generation ${number}`, { folder });

  return {
    state: stateOf,
    numbers: () => Object.keys(state().generations).map(Number),
    nextNumber: () => state().lastGeneration + 1,
    claim: async generation => {
      const claim = await claimWriting(root, folder, opened, generationClaim(generation));
      claims.set(generation, claim);
      return async () => {
        claims.delete(generation);
        await claim.release();
      };
    },
    begin: async (generation, width) => {
      const embeddings = embeddingsOf(generation);
      await writing(() => {
        embeddings?.clearSync();
        const all = state();
        const { sequence } = all;
        putState(
          withGeneration(all, generation, { seen: sequence, kept: sequence, width, adding: { after: '', done: 0 } }),
        );
      });
    },
    write: async (generation, given, change) => {
      const embeddings = embeddingsOf(generation);
      const encoded = given.map(({ id, embedding }) => {
        const at = documentKey(id);
        return { at, record: embedding && sealEmbedding(at, embedding) };
      });
      await changing(generation, (found, all) => {
        for (const { at, record } of encoded) {
          if (record === undefined) embeddings?.remove(at);
          else embeddings?.put(at, record);
        }
        putState(withGeneration(all, generation, { ...found, ...change }));
      });
    },
    forget: async generation => {
      const embeddings = embeddingsOf(generation);
      await changing(generation, (_, all) => {
        embeddings?.clearSync();
        const { [String(generation)]: _gone, ...left } = all.generations;
        putState({ ...all, generations: left });
      });
    },
  };
}
