/**
 * Decides which requests are begun. One thread does the work, so what is begun beyond what it can do waits, and whoever waits long has gone by the time it
 * is answered: some are turned away at once, so that the others stay quick.
 */
export interface Admission {
  /** Whether a request may begin. @param kind  requests of one kind cost about the same */
  admits(kind: string): boolean;
  /** Counts a request whose body is here as in flight. @returns ends that, once */
  begin(kind: string): () => void;
}

export interface AdmissionOptions {
  /** milliseconds of work that may stand before a request while load lasts; a burst may bring twice as much */
  readonly maxWaitMs?: number;
  /** a clock that never goes back, milliseconds */
  readonly now?: () => number;
  /** calls back when the sockets that are ready now have been read */
  readonly afterTurn?: (done: () => void) => void;
}

export const usualMaxWaitMs = 150;

/** Milliseconds that a request of an unknown kind is taken to cost. */
const firstCostMs = 2;
const leastCostMs = 0.05;
/** Weight of a new measurement of a cost. */
const learningRate = 0.1;
/** Milliseconds after which what was done is measured, where requests overlap without end. */
const sliceMs = 100;
/** Milliseconds between two turns in which no request came. */
const idleMs = 10;

/**
 * Two things tell how long a request will have to wait.
 *
 * What is in flight: the work that was begun and is not done, by what requests of each kind have cost. While something is in flight, the time that passes is
 * shared out over what is done in it.
 *
 * And the turn of the event loop. A request that is worked off in one go is never seen beside another; the queue of these stands in the sockets, and they are
 * read one after the other. Those read late in a turn have waited since its beginning, and before it for as long as the turn before it took. Each turn
 * gets half of the time.
 *
 * One long request, or some that come together, are no overload: it must have lasted.
 */
export function createAdmission({
  maxWaitMs = usualMaxWaitMs,
  now = () => performance.now(),
  afterTurn = done => void setImmediate(done),
}: AdmissionOptions = {}): Admission {
  const costs = new Map<string, number>();
  const costOf = (kind: string): number => costs.get(kind) ?? firstCostMs;
  const inFlight = new Map<symbol, number>();
  let workMs = 0;
  let turnFrom: number | undefined;
  let turnTo = Number.NEGATIVE_INFINITY;
  /** when little stood before a request for the last time */
  let calmAt = Number.NEGATIVE_INFINITY;
  let sliceFrom = 0;
  let done: string[] = [];

  function endTurn(from: number): void {
    turnFrom = undefined;
    turnTo = now();
    if (turnTo - from <= maxWaitMs / 4 && workMs <= maxWaitMs / 2) calmAt = turnTo;
  }

  /** Milliseconds since the first request of this turn was read. */
  function turnMs(): number {
    if (turnFrom === undefined) {
      const from = now();
      turnFrom = from;
      // the sockets were empty in between, and nothing that was begun waits
      if (from - turnTo > idleMs && workMs <= maxWaitMs / 2) calmAt = from;
      afterTurn(() => endTurn(from));
    }
    return now() - turnFrom;
  }

  /** Shares the time since the last time out over what was done in it, by what it was taken to cost. */
  function learn(): void {
    const passedMs = now() - sliceFrom;
    // of many that overlap, the first that is done has not taken all of the time
    if (inFlight.size > 0 && (passedMs < sliceMs || done.length < inFlight.size)) return;
    const expectedMs = done.reduce((sum, kind) => sum + costOf(kind), 0);
    for (const kind of new Set(done)) {
      const costMs = Math.max(leastCostMs, (costOf(kind) * passedMs) / expectedMs);
      costs.set(kind, costOf(kind) + learningRate * (costMs - costOf(kind)));
    }
    done = [];
    sliceFrom = now();
  }

  return {
    admits(kind) {
      const waitedMs = turnMs();
      const mostMs = now() - calmAt > 2 * maxWaitMs ? maxWaitMs : 2 * maxWaitMs;
      return waitedMs <= mostMs / 2 && (inFlight.size === 0 || workMs + costOf(kind) <= mostMs);
    },
    begin(kind) {
      if (inFlight.size === 0) sliceFrom = now();
      const ticket = Symbol(kind);
      inFlight.set(ticket, costOf(kind));
      workMs += costOf(kind);
      return () => {
        const counted = inFlight.get(ticket);
        if (counted === undefined) return;
        inFlight.delete(ticket);
        workMs = inFlight.size === 0 ? 0 : workMs - counted;
        done.push(kind);
        learn();
      };
    },
  };
}
