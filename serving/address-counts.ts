import type { FastifyRateLimitStore } from '@fastify/rate-limit';

interface Count {
  requests: number;
  /** when its window began, milliseconds */
  readonly from: number;
}

/** Addresses that are remembered of each sort: those that may still ask, and those that have asked as often as they may. */
const mostAddresses = 50_000;

/**
 * Counts requests by address in windows that begin with the first one. When there are too many addresses, the oldest of those that may still ask is forgotten: many
 * others cannot free one that is blocked, but by being blocked themselves.
 * @param now  a clock that never goes back, milliseconds: that of the machine may be set
 */
export class AddressCounts implements FastifyRateLimitStore {
  private readonly open = new Map<string, Count>();
  private readonly blocked = new Map<string, Count>();

  /** @param _options  what the plug-in gives; it hands over what it needs with every request */
  constructor(
    _options?: unknown,
    private readonly now: () => number = () => performance.now(),
    private readonly most = mostAddresses,
  ) {}

  incr(
    address: string,
    callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
    windowMs: number,
    most: number,
    times = 1,
  ): void {
    const now = this.now();
    const count = this.find(address, now - windowMs);
    const before = count.requests;
    count.requests += times;
    if (before < most && count.requests >= most) {
      this.open.delete(address);
      makeRoom(this.blocked, this.most, now - windowMs);
      this.blocked.set(address, count);
    }
    callback(null, { current: count.requests, ttl: count.from + windowMs - now });
  }

  /** All routes are counted together. */
  child(): FastifyRateLimitStore {
    return this;
  }

  /** The count of an address in its window. @param before  windows that began then or sooner are over */
  private find(address: string, before: number): Count {
    const known = this.blocked.get(address) ?? this.open.get(address);
    if (known !== undefined && known.from > before) return known;
    this.blocked.delete(address);
    this.open.delete(address);
    makeRoom(this.open, this.most, before);
    const count = { requests: 0, from: this.now() };
    this.open.set(address, count);
    return count;
  }
}

/** The same for what is no address, as a function. */
export const countingBy =
  (counts: AddressCounts) =>
  (
    key: string,
    windowMs: number,
    most: number,
    times?: number,
  ): Promise<{ readonly current: number; readonly ttl: number }> =>
    new Promise((resolve, reject) =>
      counts.incr(
        key,
        (error, result) => (result === undefined ? reject(error) : resolve(result)),
        windowMs,
        most,
        times,
      ),
    );

/** Forgets the windows at the front that are over, and one more where that is not enough. */
function makeRoom(counts: Map<string, Count>, most: number, before: number): void {
  for (const [address, { from }] of counts) {
    if (from > before && counts.size < most) return;
    counts.delete(address);
  }
}
