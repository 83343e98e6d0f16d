import type { SearchBackend } from '../../src/search/backend.js';
import { type CursorCache, cursorIdleMs, tokenOf } from '../../src/search/cursors.js';
import type { SharedRedis } from './connect.js';

/** Which process of another server has given it. */
const ofProcess = /^\d{1,6}-/;

const keyOf = (cursor: string): string => `tandem:cursor:${tokenOf(cursor) ?? ''}`;

/**
 * A backend whose cursors are valid at every server with the same Redis: it keeps the rankings that people page through, so long as a server does. While it is away, or has no room,
 * a cursor is valid where it was given.
 * @param cursors  those of the backend
 */
export function shareRankings(backend: SearchBackend, cursors: CursorCache, redis: SharedRedis): SearchBackend {
  type Reader = Pick<SearchBackend, 'search' | 'next'>;
  const shared = (reader: Reader): Reader => ({
    search: async request => {
      const response = await reader.search(request);
      const { cursor } = response;
      const packed = cursor === undefined ? undefined : cursors.packed(cursor);
      if (cursor !== undefined && packed !== undefined)
        await redis.ask(client => client.set(keyOf(cursor), packed, 'PX', cursorIdleMs));
      return response;
    },
    next: async (given, k) => {
      const cursor = given.replace(ofProcess, '');
      // read there too, so that it is kept there for as long as here
      const packed =
        tokenOf(cursor) === undefined
          ? undefined
          : await redis.ask(client => client.getexBuffer(keyOf(cursor), 'PX', cursorIdleMs));
      if (packed && !cursors.has(cursor)) cursors.take(cursor, packed);
      return reader.next(cursor, k);
    },
  });
  return {
    ...backend,
    ...shared(backend),
    filteredReader: filter => {
      const reader = backend.filteredReader(filter);
      return { ...reader, ...shared(reader) };
    },
  };
}
