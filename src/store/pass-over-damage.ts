import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { DocumentStore } from './document-store.js';

/** Reads a record; undefined, and told, where it is altered. */
function soundOrNothing<T>(id: string, read: (id: string) => T, onDamage: (id: string) => void): T | undefined {
  try {
    return read(id);
  } catch (error) {
    if (!(error instanceof TandemError && error.code === 'index/documents-damaged')) throw error;
    onDamage(id);
    return undefined;
  }
}

/**
 * The same store, to which a document or an embedding that is altered is one that is not there: one bad record must not take the others with it.
 * @param onDamage  told of the document, whenever its record is read
 */
export function passOverDamage(store: DocumentStore, onDamage: (id: string) => void): DocumentStore {
  const get = (id: string): DocumentRow | undefined => soundOrNothing(id, store.get, onDamage);
  return {
    ...store,
    get,
    getMany: ids => ids.map(get),
    embedding: id => soundOrNothing(id, store.embedding, onDamage),
  };
}
