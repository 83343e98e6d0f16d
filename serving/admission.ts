/**
 * Decides which requests are begun. One thread does the work, so what is begun beyond what it can do waits, and whoever waits long has gone by the time it
 * is answered: some are turned away at once, so that the others stay quick.
 */
export interface Admission {
  /** Whether a request may wait for its turn. @param kind  requests of one kind cost about the same */
  admits(kind: string): boolean;
  /** Counts a request whose body is here as in flight. */
  begin(kind: string): Ticket;
  /** Says that a connection was accepted. */
  accepted(): void;
  figures(): QueueFigures;
}

/** A request in flight. */
export interface Ticket {
  /**
   * Resolves when it is its turn: first come, first served.
   * @returns whether it has waited no longer than one may: what costs were taken for may have been too little
   */
  turn(): Promise<boolean>;
  /** It is answered. Does nothing the second time. */
  end(): void;
}

/** What stands before a request that comes now. */
export interface QueueFigures {
  /** requests whose body is here and that are not answered */
  readonly inFlight: number;
  /** of these those that wait for their turn */
  readonly waiting: number;
  /** that they are taken to cost, milliseconds */
  readonly workMs: number;
}

export interface AdmissionOptions {
  /** milliseconds of work that may stand before a request while load lasts; a burst may bring half as much again */
  readonly maxWaitMs?: number;
  /** a clock that never goes back, milliseconds */
  readonly now?: () => number;
  /** calls back when the sockets that are ready have been read */
  readonly afterReading?: (then: () => void) => void;
  /** calls back again and again, so many milliseconds apart, before what has come meanwhile is read */
  readonly repeat?: (everyMs: number, then: () => void) => void;
  /** calls back when a request that has got its turn has done what it does in one go */
  readonly afterOne?: (then: () => void) => void;
}

export const usualMaxWaitMs = 150;

/** As much as that may wait in a burst, and for so long whatever was admitted. */
const burstTimes = 1.5;

/** Milliseconds that a request of an unknown kind is taken to cost. */
const firstCostMs = 2;
const leastCostMs = 0.05;
/** Weight of a new measurement of a cost. */
const learningRate = 0.1;
/** A measurement counts as so many times what a kind was taken to cost at most, once so many were made: what held the service up was something else then. */
const mostTimesCost = 4;
const firstMeasurements = 8;
/** Milliseconds after which what was done is measured, where requests overlap without end. */
const sliceMs = 100;
/** Milliseconds between two looks at the clock that notice a standstill, and such as count as one. */
const lookMs = 20;
const leastStandstillMs = 50;
/** Of a standstill counts so much at most, and what of it is left goes by so much in a millisecond: requests that came meanwhile are worked off beside those that come. */
const mostStandstillMs = 1_000;
const standstillGoes = 0.2;
/** Milliseconds of work that is begun and not done, from which on one more is begun in a round. */
const mostUnderWayMs = 10;
/** Milliseconds of work in a round of the event loop; as much as reading and refusing took, where that was longer. */
const leastWorkMs = 5;
/** Rounds of the event loop in a row in which a connection is accepted before requests get their turn: not milliseconds, which also pass while the processor is lent to others. */
const mostAccepting = 64;

/**
 * What is in flight tells how long a request would have to wait: the work that was admitted and is not done, by what requests of each kind have cost. While something
 * is in flight, the time that passes is shared out over what is done in it. A burst is no overload: that must have lasted. Nor is what comes while the service stands
 * still for reasons of its own, such as another index that it takes up: that is worked off where there was little to do before.
 *
 * Requests are worked off a few to a round of the event loop. Were each worked off where it is read, all sockets that are ready would be between one look at the
 * network and the next, and since one connection is accepted in a round, others would wait before the door for seconds where nobody counts them. For the same
 * reason rounds in which connections still come are left to them for a while, and few requests are under way at a time: those that a model embeds go on in the
 * next round, all that were begun in this one. Work gets at least the time that reading and refusing others takes.
 *
 * What requests cost is a guess, and a processor may be lent to others: while load lasts, whatever has waited longer than a burst may bring is turned away when its turn comes.
 */
export function createAdmission({
  maxWaitMs = usualMaxWaitMs,
  now = () => performance.now(),
  afterReading = then => void setImmediate(then),
  repeat = (everyMs, then) => void setInterval(then, everyMs).unref(),
  afterOne = then => process.nextTick(() => queueMicrotask(() => process.nextTick(then))),
}: AdmissionOptions = {}): Admission {
  const costs = new Map<string, { readonly ms: number; readonly measurements: number }>();
  const costOf = (kind: string): number => costs.get(kind)?.ms ?? firstCostMs;
  const inFlight = new Set<Ticket>();
  let workMs = 0;
  /** of what has had its turn */
  let underWayMs = 0;
  /** when little stood before a request for the last time */
  let calmAt = Number.NEGATIVE_INFINITY;
  /** when requests began to have waited too long at their turn */
  let lateSince: number | undefined;
  let lookedAt = now();
  let stoodStill = { ms: 0, until: Number.NEGATIVE_INFINITY };
  let sliceFrom = 0;
  let done: string[] = [];

  const waiting: (() => void)[] = [];
  let running = false;
  let hasAccepted = false;
  let accepting = 0;
  let workedTo = 0;

  function round(): void {
    accepting = hasAccepted ? accepting + 1 : 0;
    hasAccepted = false;
    if (accepting > 0 && accepting < mostAccepting) {
      afterReading(round);
      return;
    }
    accepting = 0;
    work(now() + Math.max(leastWorkMs, now() - workedTo));
  }

  /** Gives one after the other its turn, each when the one before has done what it does in one go, until enough is under way or the time is up. */
  function work(until: number): void {
    waiting.shift()?.();
    afterOne(() => {
      workedTo = now();
      running = waiting.length > 0;
      if (!running) return;
      if (workedTo < until && underWayMs < mostUnderWayMs) work(until);
      else afterReading(round);
    });
  }

  /** Shares the time since the last time out over what was done in it, by what it was taken to cost. */
  function learn(): void {
    const passedMs = now() - sliceFrom;
    // of many that overlap, the first that is done has not taken all of the time
    if (inFlight.size > 0 && (passedMs < sliceMs || done.length < inFlight.size)) return;
    const expectedMs = done.reduce((sum, kind) => sum + costOf(kind), 0);
    for (const kind of new Set(done)) {
      const measurements = (costs.get(kind)?.measurements ?? 0) + 1;
      const times =
        measurements > firstMeasurements ? Math.min(mostTimesCost, passedMs / expectedMs) : passedMs / expectedMs;
      const costMs = Math.max(leastCostMs, costOf(kind) * times);
      costs.set(kind, { ms: costOf(kind) + learningRate * (costMs - costOf(kind)), measurements });
    }
    done = [];
    sliceFrom = now();
  }

  /** Milliseconds of what came while the service stood still that are left. */
  const stillMs = (): number => Math.max(0, stoodStill.ms - standstillGoes * (now() - stoodStill.until));

  const isBusy = (at: number): boolean => at - calmAt > 2 * maxWaitMs;

  /** Notes that little stands before a request. */
  function noteCalm(): void {
    if (workMs <= maxWaitMs / 2) calmAt = now();
  }

  /** Whether one that has its turn has waited too long, and what held it up lasts: one slow request, such as the first of all, is no reason to turn others away. */
  function isHopeless(late: boolean): boolean {
    noteCalm();
    if (!late) lateSince = undefined;
    else lateSince ??= now();
    return lateSince !== undefined && (isBusy(now()) || now() - lateSince > 2 * maxWaitMs);
  }

  repeat(lookMs, () => {
    const ms = Math.min(mostStandstillMs, now() - lookedAt - lookMs);
    if (ms >= leastStandstillMs && !isBusy(lookedAt)) stoodStill = { ms, until: now() };
    lookedAt = now();
    noteCalm();
  });

  return {
    admits(kind) {
      noteCalm();
      const mostMs = (isBusy(now()) ? maxWaitMs : burstTimes * maxWaitMs) + stillMs();
      return inFlight.size === 0 || workMs + costOf(kind) <= mostMs;
    },
    figures: () => ({ inFlight: inFlight.size, waiting: waiting.length, workMs }),
    accepted: () => {
      hasAccepted = true;
    },
    begin(kind) {
      if (inFlight.size === 0) sliceFrom = now();
      const costMs = costOf(kind);
      let takenMs = 0;
      let isWork = true;
      const ticket: Ticket = {
        turn: () =>
          new Promise(resolve => {
            const until = now() + burstTimes * maxWaitMs + stillMs();
            waiting.push(() => {
              if (inFlight.has(ticket)) takenMs = costMs;
              underWayMs += takenMs;
              isWork = !isHopeless(now() > until);
              resolve(isWork);
            });
            if (running) return;
            running = true;
            workedTo = now();
            afterReading(round);
          }),
        end() {
          if (!inFlight.delete(ticket)) return;
          workMs = inFlight.size === 0 ? 0 : workMs - costMs;
          underWayMs = inFlight.size === 0 ? 0 : underWayMs - takenMs;
          // what held these up has ended
          if (inFlight.size === 0) lateSince = undefined;
          // what was turned away has cost nothing, and says nothing of its kind
          if (isWork) done.push(kind);
          learn();
        },
      };
      inFlight.add(ticket);
      workMs += costMs;
      return ticket;
    },
  };
}
