import { type EventLog, openEventLog } from '../../../serving/events/event-log.js';
import type { CreateServerOptions } from '../options.js';

const usualDiskMiB = 4_096;

/** The events of a service that keeps some. @throws TandemError 'files/*' */
export const eventsOf = async ({
  events,
  eventsDiskMiB = usualDiskMiB,
}: Pick<CreateServerOptions, 'events' | 'eventsDiskMiB'>): Promise<EventLog | undefined> =>
  events === undefined ? undefined : openEventLog(events, { diskBytes: eventsDiskMiB * 2 ** 20 });
