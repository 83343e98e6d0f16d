import type * as IORedis from 'ioredis';
import { requirePackage } from '../../src/config/optional-packages.js';
import { shownRedisUrl } from '../../src/config/redis.js';
import { TandemError } from '../../src/errors/tandem-error.js';

export type Redis = IORedis.Redis;

/** A connection to a Redis, which comes back by itself when it is lost. */
export interface OpenRedis {
  readonly client: Redis;
  /** whether it can be asked now */
  isThere(): boolean;
  /** Ends it; where it is away nobody waits for it any more. */
  close(): void;
}

export interface RedisWatch {
  /** told once for each loss, and when it is back */
  readonly onAway?: (reason: string) => void;
  readonly onBack?: () => void;
  /** times that a request is sent again after a loss; for ever when absent: it waits until Redis is back */
  readonly tries?: number;
}

/** For a connection, and once more for the first answer over it. */
const connectMs = 5_000;
const mostPauseMs = 2_000;
/** BullMQ needs no less. */
const oldest = [6, 2] as const;

/**
 * Connects. The first connection must come about; one that is lost afterwards is tried for again until `close`, and so are those of its kind that are made of it.
 * @throws TandemError 'redis/unreachable' | 'redis/refused' | 'package/unavailable'
 */
export async function connectRedis(url: string, { onAway, onBack, tries }: RedisWatch = {}): Promise<OpenRedis> {
  const { Redis } = requirePackage<typeof IORedis>('ioredis');
  let standing = false;
  let reason = 'the connection was closed';
  let away = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectMs,
    maxRetriesPerRequest: tries ?? null,
    retryStrategy: times => (standing ? Math.min(100 * times, mostPauseMs) : null),
  });
  redis.on('error', error => {
    reason = reasonOf(error);
  });
  redis.on('reconnecting', () => {
    if (standing && !away) onAway?.(reason);
    away = true;
  });
  redis.on('ready', () => {
    if (standing && away) onBack?.();
    away = false;
  });
  endSilentConnections(redis, () => {
    reason = `takes connections, but has not answered for ${connectMs / 1000} s`;
  });
  try {
    await redis.connect();
    checkVersion(await redis.info('server'), url);
  } catch (error) {
    redis.disconnect();
    throw error instanceof TandemError ? error : failureOf(error, url, reason);
  }
  standing = true;
  return {
    client: redis,
    isThere: () => redis.status === 'ready',
    close: () => {
      standing = false;
      redis.disconnect();
    },
  };
}

/** Ends a connection that comes about and over which nothing is answered: nobody would ever hear of it. @param onSilence  told before it ends */
function endSilentConnections(redis: Redis, onSilence: () => void): void {
  let silence: NodeJS.Timeout | undefined;
  redis.on('connect', () => {
    silence = setTimeout(() => {
      onSilence();
      redis.disconnect(true);
    }, connectMs);
  });
  for (const event of ['ready', 'close']) redis.on(event, () => clearTimeout(silence));
}

/** What Redis says itself, such as of a wrong password, in place of that it is not there. */
function failureOf(error: unknown, url: string, reason: string): TandemError {
  const said = [error instanceof Error ? error.message : '', reason].find(text =>
    /^(WRONGPASS|NOAUTH|NOPERM|ERR) /.test(text),
  );
  const at = shownRedisUrl(url);
  if (said !== undefined) return new TandemError('redis/refused', `${at}: ${said}`, { url: at }, { cause: error });
  return new TandemError('redis/unreachable', `${at}: ${reason}`, { url: at }, { cause: error });
}

function checkVersion(info: string, url: string): void {
  const [, version = 'unknown', major, minor] = /redis_version:((\d+)\.(\d+)[^\r\n]*)/.exec(info) ?? [];
  const [a, b] = [Number(major), Number(minor)];
  if (a > oldest[0] || (a === oldest[0] && b >= oldest[1])) return;
  const at = shownRedisUrl(url);
  throw new TandemError('redis/refused', `${at}: its version is ${version}`, { url: at, version });
}

/** ECONNREFUSED of several addresses has no message of its own. */
function reasonOf(error: Error & { readonly code?: string }): string {
  return error.message === '' ? (error.code ?? error.name) : error.message;
}

/** A Redis that a service does without while it is away. */
export interface SharedRedis {
  /** Asks it, where it is there and answers in time. @returns undefined where not */
  ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | undefined>;
  /** Sends it what must not be lost unnoticed. @throws TandemError 'redis/unreachable', then nobody knows whether it was taken | 'redis/refused', then it was not */
  send<T>(question: (redis: Redis) => Promise<T>): Promise<T>;
  isThere(): boolean;
  close(): void;
}

/** A request waits for it no longer than this. */
const usualAnswerMs = 100;

export interface FollowOptions extends Omit<RedisWatch, 'tries'> {
  /** milliseconds within which it must answer; 100 when absent */
  readonly answerMs?: number;
  /** told each time that a connection stands */
  readonly onReady?: () => void;
}

/**
 * Connects when it can, and again when the connection is lost: a service starts and answers without it.
 * @throws TandemError 'package/unavailable'
 */
export function followRedis(
  url: string,
  { onAway, onBack, onReady, answerMs = usualAnswerMs }: FollowOptions = {},
): SharedRedis {
  const { Redis } = requirePackage<typeof IORedis>('ioredis');
  const redis = new Redis(url, {
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(100 * times, mostPauseMs),
  });
  let reason = 'the connection was closed';
  let away: boolean | undefined;
  redis.on('error', error => {
    reason = reasonOf(error);
  });
  redis.on('reconnecting', () => {
    if (away !== true) onAway?.(reason);
    away = true;
  });
  redis.on('ready', () => {
    if (away === true) onBack?.();
    away = false;
    onReady?.();
  });
  const isThere = (): boolean => redis.status === 'ready';
  return {
    isThere,
    ask: async question => {
      if (!isThere()) return undefined;
      // what is wrong is told once, by the connection
      return question(redis).catch(() => undefined);
    },
    send: async question => {
      const at = shownRedisUrl(url);
      const unreachable = (cause?: unknown): TandemError =>
        new TandemError('redis/unreachable', `${at}: ${reason}`, { url: at }, { cause });
      if (!isThere()) throw unreachable();
      try {
        return await question(redis);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === 'ReplyError')
          throw new TandemError('redis/refused', `${at}: ${error.message}`, { url: at }, { cause: error });
        if (error.message === 'Command timed out' && isThere()) {
          reason = `has not answered for ${answerMs / 1000} s`;
          // what it has not read would pile up behind the connection
          redis.disconnect(true);
        }
        throw unreachable(error);
      }
    },
    close: () => redis.disconnect(),
  };
}
