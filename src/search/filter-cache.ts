import { LRUCache } from 'lru-cache';
import type { DocumentStore } from '../store/document-store.js';
import type { Filter } from './backend.js';
import { attribute, compileFilter } from './filter.js';

/** The ids that a filter accepts, as a set that both sides of a search ask. */
export interface FilterCache {
  /** @throws TandemError 'search/bad-filter' */
  accepted(filter: Filter): ReadonlySet<string>;
}

/** Ids held by all cached sets together, and attributes held as columns. */
const cachedIds = 1_000_000;
const cachedColumns = 32;

/**
 * Reads an attribute from the store once, as a column; a filter then runs over columns, and its result is kept until the next commit.
 * Decoding every document for every query would cost some 5 us a document.
 */
export function createFilterCache(store: DocumentStore): FilterCache {
  const columns = new LRUCache<string, readonly unknown[]>({ max: cachedColumns });
  const sets = new LRUCache<string, ReadonlySet<string>>({
    maxSize: cachedIds,
    sizeCalculation: ids => ids.size + 1,
  });
  let ids: string[] = [];
  let seen = -1;

  function follow(): void {
    if (store.sequence() === seen) return;
    seen = store.sequence();
    columns.clear();
    sets.clear();
    ids = Array.from(store.documents(), document => document.id);
  }

  function column(field: string): readonly unknown[] {
    const kept = columns.get(field);
    if (kept !== undefined) return kept;
    const values = Array.from(store.documents(), document => attribute(document, field));
    columns.set(field, values);
    return values;
  }

  return {
    accepted(filter) {
      follow();
      const name = JSON.stringify(filter);
      const kept = sets.get(name);
      if (kept !== undefined) return kept;
      const tests = compileFilter(filter).map(clause => ({ clause, values: column(clause.field) }));
      const found = new Set(ids.filter((_, row) => tests.every(({ clause, values }) => clause.test(values[row]))));
      sets.set(name, found);
      return found;
    },
  };
}
