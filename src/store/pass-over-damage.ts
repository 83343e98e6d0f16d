import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { DocumentStore } from './document-store.js';

/** Reads a record; undefined, and told, where it is altered. */
function soundOrNothing<T>(id: string, read: (id: string) => T, onDamage: (id: string) => void): T | undefined {
  return soundOr<T | undefined>(
    () => read(id),
    () => {
      onDamage(id);
      return undefined;
    },
  );
}

function soundOr<T>(read: () => T, instead: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TandemError && error.code === 'index/documents-damaged')) throw error;
    return instead();
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
    // all at once first: one after the other takes longer
    getMany: ids =>
      soundOr(
        () => store.getMany(ids),
        () => ids.map(get),
      ),
    embedding: id => soundOrNothing(id, store.embedding, onDamage),
  };
}
