import type { Logger } from 'pino';
import { type EventLog, openEventLog } from '../../../serving/events/event-log.js';
import { openEventStream } from '../../../serving/events/event-stream.js';
import { followRedis } from '../../../serving/redis/connect.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { CreateServerOptions } from '../options.js';

const usualDiskMiB = 4_096;
const usualLength = 1_000_000;
/** Milliseconds in which Redis must have taken events; it may have to flush them first. */
const takenMs = 5_000;

type EventOptions = Pick<CreateServerOptions, 'events' | 'eventsDiskMiB' | 'eventsStream' | 'eventsLength' | 'redis'>;

/** The events of a service that keeps some. @throws TandemError 'files/*' | 'usage/*' | 'package/unavailable' */
export async function eventsOf(options: EventOptions, logger: Logger): Promise<EventLog | undefined> {
  const { events, eventsDiskMiB = usualDiskMiB, eventsStream: key, eventsLength: length, redis } = options;
  if (key === undefined) {
    if (length !== undefined) throw missing('eventsStream', 'eventsLength is the length of a stream');
    return events === undefined ? undefined : openEventLog(events, { diskBytes: eventsDiskMiB * 2 ** 20 });
  }
  if (events !== undefined)
    throw new TandemError('usage/bad-value', 'eventsStream: not beside events: events are kept in one of them', {
      option: 'eventsStream',
    });
  if (redis === undefined) throw missing('redis', 'eventsStream is a stream of it');
  const followed = followRedis(redis, {
    answerMs: takenMs,
    onAway: reason => logger.warn({ reason }, 'Redis is away: no events are taken until it is back'),
    onBack: () => logger.info('Redis is back: events are taken'),
    onReady: () => void warnOfForgetting(),
  });
  async function warnOfForgetting(): Promise<void> {
    const state = await followed.ask(client => client.info('persistence'));
    if (state !== undefined && /aof_enabled:0/.test(state))
      logger.warn('Redis runs without appendonly: it forgets events when it ends (docs/shop.md)');
  }
  return openEventStream(followed, { key, length: length ?? usualLength });
}

const missing = (option: string, why: string): TandemError =>
  new TandemError('usage/missing-option', `${option} is missing: ${why}`, { option });
