import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from '../ranking/candidate.js';
import type { HitGroup } from './backend.js';
import type { CacheFigures } from './index-figures.js';

export interface CursorOptions {
  /** of all rankings together; one that finds no room is refused, and none that was given is taken away */
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
  /** Looks whether there is room, before the work of a ranking is done. @throws TandemError 'server/overloaded' */
  checkRoom(): void;
  /**
   * Keeps a ranking, however it was made.
   * @param ranked  best first, an id at most once; what stands behind the first `mostRanked` is left out
   * @param view    what it was made from, where that is not the whole index: only who sees the same may page through it
   * @returns the cursor of its first page: opaque, and nobody can guess it
   * @throws TandemError 'server/overloaded' where there is no room
   */
  open(ranked: readonly RankedDocument[], view?: string): string;
  /**
   * The k documents at a cursor; the same cursor gives the same page again, but for what was deleted meanwhile.
   * @param k  >= 1
   * @param accept  whether a document is still there; one that is not is passed over, and the page filled from those behind it
   * @throws TandemError 'search/cursor-expired' for a cursor that is unknown, too old or of another view; 'request/invalid' for k
   */
  page(cursor: string, k: number, accept?: (id: string) => boolean, view?: string): CursorPage;
  /** whether its ranking is kept */
  has(cursor: string): boolean;
  /** The ranking that a cursor leads to, for another server; undefined where it is unknown. */
  packed(cursor: string): Buffer | undefined;
  /** Takes over what another server has packed, unless it is known. @throws TandemError 'server/overloaded' where there is no room */
  take(cursor: string, packed: Buffer): void;
  /** misses are cursors that were unknown or had expired */
  figures(): CacheFigures;
}

/** Documents of a ranking that can be paged through. */
export const mostRanked = 1_000;

/** For which a ranking is kept after it was last read, milliseconds. */
export const cursorIdleMs = 5 * 60_000;

const defaults = { maxBytes: 128 * 2 ** 20, idleMs: cursorIdleMs, now: () => performance.now() };
const tokenBytes = 16;
const form = /^([\w-]{22})\.(\d{1,4})$/;

/** What a ranking takes beside its bytes. */
const overhead = 256;

/** A ranking as it is kept: a thousand small objects would take several times as much. */
interface PackedRanking {
  readonly view: string;
  readonly length: number;
  readonly scores: Float64Array;
  /** JSON: the ids, and the groups by place, where there are any */
  readonly labels: Buffer;
}

interface Labels {
  readonly ids: readonly string[];
  readonly groups?: readonly (HitGroup | null)[];
}

function pack(ranked: readonly RankedDocument[], view: string): PackedRanking {
  const labels: Labels = {
    ids: ranked.map(({ id }) => id),
    ...(ranked.some(({ group }) => group) && { groups: ranked.map(({ group }) => group ?? null) }),
  };
  const scores = Float64Array.from(ranked, ({ score }) => score);
  return { view, length: ranked.length, scores, labels: Buffer.from(JSON.stringify(labels)) };
}

/** The same for another process. */
const sentSchema = z.object({ view: z.string(), scores: z.array(z.number()), labels: z.string() });

const sent = ({ view, scores, labels }: PackedRanking): Buffer =>
  Buffer.from(JSON.stringify({ view, scores: [...scores], labels: labels.toString() }));

function received(packed: Buffer): PackedRanking {
  const { view, scores, labels } = sentSchema.parse(JSON.parse(packed.toString()));
  return { view, length: scores.length, scores: Float64Array.from(scores), labels: Buffer.from(labels) };
}

function* unpack({ length, scores, labels }: PackedRanking, from: number): Generator<RankedDocument & { at: number }> {
  const { ids, groups }: Labels = JSON.parse(labels.toString());
  for (let at = from; at < length; at++) {
    const group = groups?.[at];
    yield { at, id: ids[at], score: scores[at], ...(group && { group }) };
  }
}

const bytesOf = ({ view, scores, labels }: PackedRanking): number =>
  2 * view.length + scores.byteLength + labels.byteLength + overhead;

/** What all cursors of one ranking have in common; undefined of what is no cursor. */
export const tokenOf = (cursor: string): string | undefined => form.exec(cursor)?.[1];

export function createCursorCache(options: CursorOptions = {}): CursorCache {
  const { maxBytes, idleMs, now } = { ...defaults, ...options };
  const rankings = new LRUCache<string, PackedRanking>({
    maxSize: maxBytes,
    sizeCalculation: bytesOf,
    ttl: idleMs,
    updateAgeOnGet: true,
    ttlResolution: 0,
    perf: { now },
  });
  let [hits, misses] = [0, 0];
  const expired = (): TandemError => {
    misses++;
    return new TandemError('search/cursor-expired', 'cursor: it is unknown or has expired');
  };

  function find(cursor: string, view: string): { token: string; from: number; ranking: PackedRanking } {
    const parsed = form.exec(cursor);
    const ranking = parsed === null ? undefined : rankings.get(parsed[1]);
    if (parsed === null || ranking?.view !== view) throw expired();
    const from = Number(parsed[2]);
    if (from > ranking.length) throw expired();
    hits++;
    return { token: parsed[1], from, ranking };
  }

  /** @throws TandemError 'server/overloaded' */
  function makeRoom(bytes: number): void {
    if (rankings.calculatedSize + bytes <= maxBytes) return;
    rankings.purgeStale();
    if (rankings.calculatedSize + bytes <= maxBytes) return;
    throw new TandemError('server/overloaded', 'as many results as there is room for are kept for paging');
  }

  return {
    figures: () => ({ hits, misses, bytes: rankings.calculatedSize }),
    checkRoom: () => makeRoom(overhead),
    open(ranked, view = '') {
      const token = randomBytes(tokenBytes).toString('base64url');
      const kept = pack(ranked.slice(0, mostRanked), view);
      makeRoom(bytesOf(kept));
      rankings.set(token, kept);
      return `${token}.0`;
    },
    has: cursor => rankings.has(tokenOf(cursor) ?? ''),
    packed(cursor) {
      const ranking = rankings.get(tokenOf(cursor) ?? '');
      return ranking && sent(ranking);
    },
    take(cursor, packed) {
      const token = tokenOf(cursor);
      if (token === undefined || rankings.has(token)) return;
      const ranking = received(packed);
      makeRoom(bytesOf(ranking));
      rankings.set(token, ranking);
    },
    page(cursor, k, accept = () => true, view = '') {
      if (!(Number.isInteger(k) && k >= 1))
        throw new TandemError('request/invalid', `k: it must be a whole number of at least 1, got ${k}`);
      const { token, from, ranking } = find(cursor, view);
      const ranked: RankedDocument[] = [];
      for (const { at, ...document } of unpack(ranking, from)) {
        if (!accept(document.id)) continue;
        if (ranked.length === k) return { ranked, next: `${token}.${at}` };
        ranked.push(document);
      }
      return { ranked };
    },
  };
}
