import type { Database, RootDatabase } from 'lmdb';

export type EmbeddingDatabase = Database<Buffer, Buffer>;

/** Where the embeddings of a generation stand. @returns undefined where there are none, and nothing may be made */
export type EmbeddingDatabases = (generation: number) => EmbeddingDatabase | undefined;

/** The databases of a store that hold the embeddings of its generations, each opened when it is first asked for. */
export function embeddingDatabases(root: RootDatabase): EmbeddingDatabases {
  const opened = new Map<number, EmbeddingDatabase>();
  return generation => {
    const known = opened.get(generation);
    if (known !== undefined) return known;
    const name = generation === 0 ? 'embeddings' : `embeddings.${generation}`;
    // lmdb gives undefined for one that is missing where it may not make it
    const found: EmbeddingDatabase | undefined = root.openDB(name, { encoding: 'binary', keyEncoding: 'binary' });
    if (found !== undefined) opened.set(generation, found);
    return found;
  };
}
