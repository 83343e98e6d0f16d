import type { Filter } from '../../src/query/filter.js';
import type { SearchBackend } from '../../src/search/backend.js';

/** The page at a cursor of another worker. @param within  what whoever asks sees; all when absent @throws TandemError as `next` */
export type NextOf = (
  worker: number,
  cursor: string,
  k: number,
  within: Filter | undefined,
) => ReturnType<SearchBackend['next']>;

const form = /^(\d{1,6})-(.+)$/;

/**
 * A backend among others of the same index: each keeps the rankings that it has begun to show, and a client meets now this one, now that one. So a cursor says
 * whose it is.
 * @param worker  number of this one
 * @param next    asks another one
 */
export function shareCursors(backend: SearchBackend, worker: number, next: NextOf): SearchBackend {
  const named = <T extends { readonly cursor?: string }>(response: T): T =>
    response.cursor === undefined ? response : { ...response, cursor: `${worker}-${response.cursor}` };
  const shared = (
    reader: Pick<SearchBackend, 'search' | 'next'>,
    within?: Filter,
  ): Pick<SearchBackend, 'search' | 'next'> => ({
    search: async request => named(await reader.search(request)),
    next: async (cursor, k) => {
      const [, owner, own] = form.exec(cursor) ?? [];
      // that of a server of one process, where servers share them
      if (own === undefined) return named(await reader.next(cursor, k));
      return Number(owner) === worker ? named(await reader.next(own, k)) : next(Number(owner), cursor, k, within);
    },
  });
  return {
    ...backend,
    ...shared(backend),
    filteredReader: filter => {
      const reader = backend.filteredReader(filter);
      return { ...reader, ...shared(reader, filter) };
    },
  };
}
