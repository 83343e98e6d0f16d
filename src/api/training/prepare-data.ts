import { defaultEventRules, type EventRules } from '../../../data/event-rules.js';
import type { DataManifest, EventsEntry } from '../../../data/manifest.js';
import { type PrepareSummary, prepare } from '../../../data/prepare.js';
import type { PrepareOptions } from '../../../data/prepare-options.js';
import type { SplitShares } from '../../../data/split.js';
import type { Watch } from '../watch.js';

export type { DataManifest, EventsEntry, PrepareSummary };

export interface PrepareDataOptions
  extends Pick<PrepareOptions, 'documents' | 'pairs' | 'events' | 'queries' | 'qrels' | 'out'> {
  /** what makes a positive of events; what is absent is as in a marketplace: search, click, message, reply within a day */
  readonly eventRules?: Partial<EventRules>;
  /** parts of the queries that are trained on, validated on and tested on; .9, .05, .05 when absent */
  readonly shares?: SplitShares;
  /** with another seed other queries are held out; 1 when absent */
  readonly seed?: number;
}

const defaultShares: SplitShares = { train: 0.9, validation: 0.05, test: 0.05 };

/** Turns documents and pairs or events into what is trained and measured on. @throws TandemError as data/prepare.ts */
export async function prepareData(
  { eventRules = {}, shares = defaultShares, seed = 1, ...options }: PrepareDataOptions,
  watch: Watch,
): Promise<PrepareSummary> {
  const progress = watch.progress('preparing', 'rows');
  try {
    return await prepare({
      ...options,
      shares,
      seed,
      eventRules: {
        chain: eventRules.chain ?? defaultEventRules.chain,
        windowHours: eventRules.windowHours ?? defaultEventRules.windowHours,
        maxSessionEvents: eventRules.maxSessionEvents ?? defaultEventRules.maxSessionEvents,
      },
      onProgress: ({ rows }) => progress.update(rows),
      onNote: watch.note,
    });
  } finally {
    progress.finish();
  }
}
