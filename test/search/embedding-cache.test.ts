import { describe, expect, it } from 'vitest';
import { embeddingCache } from '../../src/search/embedding-cache.js';
import type { DocumentStore } from '../../src/store/document-store.js';

/** A store that counts what is read. */
function counted(embeddings: Map<string, Float32Array>) {
  let [reads, sequence] = [0, 1];
  const store = {
    sequence: () => sequence,
    embedding: (id: string) => {
      reads++;
      return embeddings.get(id);
    },
  };
  return {
    store: store as Pick<DocumentStore, 'sequence' | 'embedding'> as DocumentStore,
    reads: () => reads,
    write: () => sequence++,
  };
}

describe('kept embeddings', () => {
  it('are read once, also where there is none, until something is written', () => {
    const embeddings = new Map([
      ['a', Float32Array.from([1, 0])],
      ['zero', new Float32Array(2)],
    ]);
    const { store, reads, write } = counted(embeddings);
    const read = embeddingCache(store);
    const ids = ['a', 'nowhere', 'zero', 'a'];
    const expected = [embeddings.get('a'), undefined, undefined, embeddings.get('a')];
    expect(read(ids)).toEqual(expected);
    expect(read(ids)).toEqual(expected);
    expect(reads()).toBe(3);
    embeddings.set('a', Float32Array.from([0, 1]));
    write();
    expect(read(['a'])).toEqual([Float32Array.from([0, 1])]);
    expect(reads()).toBe(4);
  });

  it('take bounded memory', () => {
    const { store, reads } = counted(new Map());
    const embedding = (id: string): Float32Array => {
      store.embedding(id);
      return new Float32Array(2 ** 20).fill(1);
    };
    const wide = { ...store, embedding };
    const read = embeddingCache(wide as DocumentStore);
    const ids = Array.from({ length: 20 }, (_, i) => String(i));
    read(ids);
    read(ids);
    // 4 MiB each: seven fit into 32, and what is asked in a circle is never there
    expect(reads()).toBe(40);
  });
});
