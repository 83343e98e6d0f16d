import type { SearchResponse } from '../src/search/backend.js';

/** A search that took long, as it is remembered. */
export interface SlowSearch {
  /** ISO 8601 */
  readonly time: string;
  readonly ms: number;
  readonly took: SearchResponse['took'];
  readonly mode: SearchResponse['mode'];
  readonly hits: number;
  /** the request where texts may be told, else the names of its fields */
  readonly asked: object | readonly string[];
}
