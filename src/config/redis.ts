import { z } from 'zod';

/** Address of a Redis: `redis://user:password@host:6379/0`, or `rediss://` through TLS. */
export const redisUrlSchema = z.url({
  protocol: /^rediss?$/,
  error: 'expected an address such as redis://127.0.0.1:6379',
});

/** The same without the password, for people. */
export function shownRedisUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** Key of a stream. */
export const streamSchema = z.string().min(1, 'expected the key of a stream, such as tandem:events').max(512);
