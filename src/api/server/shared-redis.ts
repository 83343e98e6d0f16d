import type { Logger } from 'pino';
import { AddressCounts, countingBy } from '../../../serving/address-counts.js';
import type { AppOptions, KeyCounts } from '../../../serving/parts.js';
import { sharedCounts } from '../../../serving/processes/shared-counts.js';
import { followRedis, type SharedRedis } from '../../../serving/redis/connect.js';
import { countTogether } from '../../../serving/redis/shared-limits.js';
import type { ProcessOptions } from './served-app.js';

/** Says once what a Redis that is away means, and when it is back. @returns undefined where the service has none @throws TandemError 'package/unavailable' */
export function openSharedRedis({ redis }: Pick<ProcessOptions, 'redis'>, logger?: Logger): SharedRedis | undefined {
  if (redis === undefined) return undefined;
  return followRedis(redis, {
    onAway: reason =>
      logger?.warn(
        { reason },
        'Redis is away: this server counts requests alone, and cursors are valid where they were given',
      ),
    onBack: () => logger?.info('Redis is back'),
  });
}

/** What counts requests of addresses, and of keys. */
export function countersOf(shared: SharedRedis | undefined): {
  readonly addresses: KeyCounts;
  readonly keys: KeyCounts;
} {
  const own = (): KeyCounts => countingBy(new AddressCounts());
  if (shared === undefined) return { addresses: own(), keys: own() };
  return {
    addresses: countTogether(shared, 'address', own()),
    keys: countTogether(shared, 'key', own()),
  };
}

/** The same as the app takes it; nothing where this process counts alone. */
export function countsOf(shared: SharedRedis | undefined): Pick<AppOptions, 'counts' | 'keyCounts'> {
  if (shared === undefined) return {};
  const { addresses, keys } = countersOf(shared);
  return { counts: sharedCounts(addresses), keyCounts: keys };
}
