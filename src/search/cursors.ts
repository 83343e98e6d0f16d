import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from '../ranking/candidate.js';
import type { HitGroup } from './backend.js';

export interface CursorOptions {
  /** of all rankings together, bytes as `bytesOf` counts them; the least recently read goes first */
  readonly maxBytes?: number;
  /** for which a ranking is kept after it was last read, milliseconds */
  readonly idleMs?: number;
  /** a clock that never goes back, milliseconds */
  readonly now?: () => number;
}

/** A document of a ranking, with what is shown of it on whatever page. */
export interface RankedDocument extends Candidate {
  readonly group?: HitGroup;
}

export interface CursorPage {
  /** best first */
  readonly ranked: readonly RankedDocument[];
  /** asks for the page behind this one; absent where nothing is left */
  readonly next?: string;
}

/** Rankings that people page through: made once, so that no page repeats or loses a document while others are written. */
export interface CursorCache {
  /**
   * Keeps a ranking, however it was made.
   * @param ranked  best first, an id at most once; what stands behind the first `mostRanked` is left out
   * @returns the cursor of its first page: opaque, and nobody can guess it
   */
  open(ranked: readonly RankedDocument[]): string;
  /**
   * The k documents at a cursor; the same cursor gives the same page again, but for what was deleted meanwhile.
   * @param k  >= 1
   * @param accept  whether a document is still there; one that is not is passed over, and the page filled from those behind it
   * @throws TandemError 'search/cursor-expired' for a cursor that is unknown, too old or was pushed out by others; 'request/invalid' for k
   */
  page(cursor: string, k: number, accept?: (id: string) => boolean): CursorPage;
}

/** Documents of a ranking that can be paged through. */
export const mostRanked = 1_000;

const defaults = { maxBytes: 64 * 2 ** 20, idleMs: 5 * 60_000, now: () => performance.now() };
const tokenBytes = 16;
const form = /^([\w-]{22})\.(\d{1,4})$/;

/** A string takes two bytes a unit and some tens beside, a score eight. */
const bytesOf = (ranked: readonly RankedDocument[]): number =>
  ranked.reduce((sum, { id, group }) => sum + 2 * id.length + 64 + (group ? 2 * `${group.value}`.length + 64 : 0), 256);

export function createCursorCache(options: CursorOptions = {}): CursorCache {
  const { maxBytes, idleMs, now } = { ...defaults, ...options };
  const rankings = new LRUCache<string, readonly RankedDocument[]>({
    maxSize: maxBytes,
    sizeCalculation: bytesOf,
    ttl: idleMs,
    updateAgeOnGet: true,
    ttlResolution: 0,
    perf: { now },
  });
  const expired = (): TandemError => new TandemError('search/cursor-expired', 'cursor: it is unknown or has expired');

  function find(cursor: string): { token: string; from: number; ranking: readonly RankedDocument[] } {
    const parsed = form.exec(cursor);
    const ranking = parsed === null ? undefined : rankings.get(parsed[1]);
    if (parsed === null || ranking === undefined) throw expired();
    const from = Number(parsed[2]);
    if (from > ranking.length) throw expired();
    return { token: parsed[1], from, ranking };
  }

  return {
    open(ranked) {
      const token = randomBytes(tokenBytes).toString('base64url');
      const kept = ranked.slice(0, mostRanked).map(({ id, score, group }) => ({ id, score, ...(group && { group }) }));
      rankings.set(token, kept);
      return `${token}.0`;
    },
    page(cursor, k, accept = () => true) {
      if (!(Number.isInteger(k) && k >= 1))
        throw new TandemError('request/invalid', `k: it must be a whole number of at least 1, got ${k}`);
      const { token, from, ranking } = find(cursor);
      const ranked: RankedDocument[] = [];
      for (let at = from; at < ranking.length; at++) {
        if (!accept(ranking[at].id)) continue;
        if (ranked.length === k) return { ranked, next: `${token}.${at}` };
        ranked.push(ranking[at]);
      }
      return { ranked };
    },
  };
}
