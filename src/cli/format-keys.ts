import type { KnownKey } from '../api/keys/keys.js';
import { terminalTable } from './terminal-table.js';

/** A line for each key. */
export const formatKeys = (keys: readonly KnownKey[]): string =>
  terminalTable(
    ['id', 'name', 'scopes', 'a minute', 'collections', 'filter', 'pictures', 'created'].map(name => ({ name })),
    keys.map(({ id, name, scopes, rateLimit, collections, filter, pictures, created }) => [
      id,
      name,
      scopes.join(', '),
      rateLimit === undefined ? 'no limit' : String(rateLimit),
      collections?.join(', ') ?? 'all',
      filter === undefined ? 'all documents' : JSON.stringify(filter),
      pictures ?? (filter === undefined ? 'all' : 'none'),
      created.slice(0, 16).replace('T', ' '),
    ]),
  );
