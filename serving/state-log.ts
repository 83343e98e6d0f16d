import type { FastifyBaseLogger } from 'fastify';
import type { TandemError } from '../src/errors/tandem-error.js';

/** Logs that requests fail for what the service is in, not for what they ask. */
export type StateLog = (log: FastifyBaseLogger, error: TandemError) => void;

declare module 'fastify' {
  interface FastifyInstance {
    stateLog: StateLog;
  }
}

/** Milliseconds in which one line tells of all requests that failed so. */
const everyMs = 60_000;

/**
 * A busy service, or one whose processes are being replaced, fails many requests for one reason: it stands in the log when it comes up, and once a minute while it lasts,
 * with how many were refused since; what brought it about is logged where it happened.
 * @param now  a clock that never goes back, milliseconds
 */
export function createStateLog(now: () => number = () => performance.now()): StateLog {
  const told = new Map<string, { readonly at: number; requests: number }>();
  return (log, { code, message }) => {
    const last = told.get(code);
    if (last !== undefined && now() - last.at < everyMs) {
      last.requests++;
      return;
    }
    log.warn({ code, refusedBefore: last?.requests ?? 0 }, message);
    told.set(code, { at: now(), requests: 0 });
  };
}
