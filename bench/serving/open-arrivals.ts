import { quantile } from '../measure.js';
import { type Answer, type Connection, openConnection } from './raw-http.js';

/** A request that is due. */
export interface Due {
  readonly bytes: Buffer;
  /** told once, when it is answered or its connection has failed (undefined) */
  readonly ended?: (answer: Answer | undefined) => void;
}

export interface ArrivalOptions {
  /** requests a second, at fixed moments, whether or not those before are answered; undefined: one after the other on each connection */
  readonly rate?: number;
  readonly seconds: number;
  /** connections at once: what is due while all are taken waits for one */
  readonly connections: number;
  readonly next: () => Due;
  /** what is answered later is as bad as what is turned away, milliseconds */
  readonly lateMs: number;
}

/** What came of it. Times count from when a request was due, so that what waits for anything at all is charged with it. */
export interface Arrivals {
  readonly offered: number;
  readonly accepted: number;
  readonly shed: number;
  /** of these, those that said when to come back */
  readonly shedWithRetryAfter: number;
  /** by status, or `connection` */
  readonly failed: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly shedP99Ms: number;
  /** most connections that were open at once */
  readonly connections: number;
  /** most requests that waited for a connection */
  readonly unsent: number;
  /** the latest that a request was sent for want of processor time of the one that asks */
  readonly lagMs: number;
  /** start of the first second in which nothing was turned away and nothing late, and behind which there is such a second too; -1 without one */
  readonly calmAfterSeconds: number;
}

/** Connections that are kept from one load to the next; the one that was free last is asked first. */
export class ConnectionPool {
  private readonly free: { readonly connection: Connection; job?: Job }[] = [];
  open = 0;

  constructor(private readonly port: number) {}

  /** @returns whether there was one, or could be one */
  send(job: Job, most: number): boolean {
    const slot = this.free.pop();
    if (slot !== undefined) {
      slot.job = job;
      slot.connection.ask(job.bytes);
      return true;
    }
    if (this.open >= most) return false;
    this.open++;
    this.openFor(job);
    return true;
  }

  private openFor(first: Job): void {
    const slot: { connection: Connection; job?: Job } = {
      job: first,
      connection: openConnection(this.port, {
        opened: () => slot.connection.ask(first.bytes),
        answered: answer => {
          const { job } = slot;
          slot.job = undefined;
          this.free.push(slot);
          job?.done(answer);
        },
        closed: () => {
          this.open--;
          const at = this.free.indexOf(slot);
          if (at >= 0) this.free.splice(at, 1);
          slot.job?.done(undefined);
        },
      }),
    };
  }

  end(): void {
    for (const { connection } of this.free) connection.end();
  }
}

interface Job {
  readonly bytes: Buffer;
  readonly done: (answer: Answer | undefined) => void;
}

/** Between two looks at what is due. */
const tickMs = 1;
/** For which answers are waited for when nothing is due any more. */
const patienceMs = 30_000;

/** Loads a service with arrivals that do not wait for each other, as those of many people, and counts what is taken apart from what is turned away. */
export async function arrive(pool: ConnectionPool, options: ArrivalOptions): Promise<Arrivals> {
  const { rate, seconds, connections, next, lateMs } = options;
  const accepted: number[] = [];
  const shed: number[] = [];
  const failed: Record<string, number> = {};
  const badSeconds = new Set<number>();
  const unsent: Job[] = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  let [offered, answered, withRetryAfter, mostOpen, mostUnsent, lagMs] = [0, 0, 0, 0, 0, 0];

  function jobOf({ bytes, ended }: Due, due: number): Job {
    offered++;
    const done = (answer: Answer | undefined): void => {
      answered++;
      const ms = performance.now() - due;
      const { status } = answer ?? {};
      if (status === 503) {
        shed.push(ms);
        if (answer?.retryAfter) withRetryAfter++;
      } else if (status !== undefined && status >= 200 && status < 300) accepted.push(ms);
      else failed[status ?? 'connection'] = (failed[status ?? 'connection'] ?? 0) + 1;
      if (status === 503 || ms > lateMs) badSeconds.add(Math.floor((due - started) / 1000));
      ended?.(answer);
      again();
    };
    return { bytes, done };
  }

  /** A connection is free. */
  function again(): void {
    const waiting = unsent.shift();
    if (waiting !== undefined) {
      if (!pool.send(waiting, connections)) unsent.unshift(waiting);
    } else if (rate === undefined && performance.now() < until) {
      pool.send(jobOf(next(), performance.now()), connections);
    }
  }

  if (rate === undefined) {
    for (let i = 0; i < connections; i++) pool.send(jobOf(next(), performance.now()), connections);
    await passed(until - started);
  } else {
    for (const all = Math.floor(seconds * rate); offered < all; ) {
      const due = Math.min(all, Math.floor(((performance.now() - started) / 1000) * rate) + 1);
      while (offered < due) {
        const at = started + (offered / rate) * 1000;
        lagMs = Math.max(lagMs, performance.now() - at);
        const job = jobOf(next(), at);
        if (unsent.length > 0 || !pool.send(job, connections)) unsent.push(job);
      }
      mostOpen = Math.max(mostOpen, pool.open);
      mostUnsent = Math.max(mostUnsent, unsent.length);
      await passed(tickMs);
    }
  }
  for (const end = performance.now() + patienceMs; answered < offered && performance.now() < end; ) await passed(5);
  if (answered < offered) failed.unanswered = offered - answered;
  const of = (times: readonly number[], q: number): number => (times.length === 0 ? 0 : quantile(times, q));
  const isCalm = (second: number): boolean => !badSeconds.has(second) && !badSeconds.has(second + 1);
  const calm = Array.from({ length: Math.max(0, Math.floor(seconds) - 1) }, (_, second) => second).find(isCalm);
  return {
    ...{ offered, accepted: accepted.length, shed: shed.length, shedWithRetryAfter: withRetryAfter, failed },
    ...{ p50Ms: of(accepted, 0.5), p99Ms: of(accepted, 0.99), maxMs: of(accepted, 1), shedP99Ms: of(shed, 0.99) },
    ...{ connections: mostOpen, unsent: mostUnsent, lagMs, calmAfterSeconds: calm ?? -1 },
  };
}

const passed = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
