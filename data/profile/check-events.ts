import { TandemError } from '../../src/errors/tandem-error.js';
import { type EventSource, readEvents } from '../read-pairs.js';
import { createTimeUnit } from '../sources/time-unit.js';
import type { DocumentsCheck } from './check-documents.js';
import { type ChainEvent, type ProposedChain, proposeChain } from './event-chain.js';

/** What events are like beside the documents. */
export interface EventsCheck {
  readonly events: number;
  /** events that name a document which is not there, and the first such id */
  readonly unknownDocuments: number;
  readonly firstUnknown?: string;
  /** milliseconds since 1970 */
  readonly firstTime?: number;
  readonly lastTime?: number;
  /** from the first 200,000 events */
  readonly chain: ProposedChain;
  readonly fault?: string;
}

/** Events that the chain is proposed from. */
const looked = 200_000;

/** Goes through events once; held are those that the chain is proposed from. */
export async function checkEvents(
  source: EventSource,
  { knowsId }: Pick<DocumentsCheck, 'knowsId'>,
): Promise<EventsCheck> {
  const unit = createTimeUnit(source.files[0]);
  const held: ChainEvent[] = [];
  const counts = { events: 0, unknownDocuments: 0 };
  let firstUnknown: string | undefined;
  // dates are in milliseconds, numbers in a unit that all of them tell
  const dates = createSpan();
  const numbers = createSpan();
  let fault: string | undefined;
  let perUnit = 1;
  try {
    for await (const { line, row } of readEvents(source)) {
      const { time, documentId } = row;
      unit.see(line, time);
      const at = time instanceof Date ? time.getTime() : time;
      (time instanceof Date ? dates : numbers).add(at);
      counts.events++;
      if (held.length < looked) held.push({ ...row, time: at });
      if (documentId === undefined || knowsId(documentId)) continue;
      counts.unknownDocuments++;
      firstUnknown ??= documentId;
    }
    perUnit = unit.inMilliseconds();
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    fault = error.message;
  }
  const firstTime = Math.min(dates.first(), perUnit * numbers.first());
  const lastTime = Math.max(dates.last(), perUnit * numbers.last());
  return {
    ...counts,
    firstUnknown,
    ...(counts.events > 0 && fault === undefined && { firstTime, lastTime }),
    chain: proposeChain(held),
    fault,
  };
}

/** The least and the greatest of numbers; infinite without any. */
function createSpan() {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add: (value: number): void => {
      low = Math.min(low, value);
      high = Math.max(high, value);
    },
    first: (): number => low,
    last: (): number => high,
  };
}
