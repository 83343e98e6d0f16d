import type { CacheFigures, IndexFigures } from '../src/search/index-figures.js';
import type { QueueFigures } from './admission.js';
import type { Measures, WatchedFigure } from './measures.js';

/** What a process that answers requests watches of itself. */
export interface Watched {
  readonly queue: () => QueueFigures;
  readonly connections: () => number;
  readonly slowSearches: () => number;
  /** absent where the index tells nothing of itself */
  readonly index?: () => IndexFigures;
}

export function watchFigures(measures: Measures, { queue, connections, slowSearches, index }: Watched): void {
  const caches = (of: (cache: CacheFigures) => number) => () =>
    Object.fromEntries(Object.entries(index?.().caches ?? {}).map(([name, cache]) => [name, of(cache)]));
  const figures: readonly WatchedFigure[] = [
    {
      name: 'tandem_requests_in_flight',
      help: 'Requests whose body is here and that are not answered.',
      type: 'gauge',
      read: () => queue().inFlight,
    },
    {
      name: 'tandem_requests_waiting',
      help: 'Of these those that wait for their turn.',
      type: 'gauge',
      read: () => queue().waiting,
    },
    {
      name: 'tandem_queued_work_seconds',
      help: 'Work that requests in flight are taken to cost.',
      type: 'gauge',
      read: () => queue().workMs / 1000,
    },
    { name: 'tandem_connections', help: 'Connections of clients.', type: 'gauge', read: connections },
    {
      name: 'tandem_slow_searches_total',
      help: 'Searches that took as long as --slow-query says, or longer.',
      type: 'counter',
      read: slowSearches,
    },
    {
      name: 'tandem_commit',
      help: 'Last commit that searches see.',
      type: 'gauge',
      aggregator: 'min',
      read: () => index?.().commit,
    },
    {
      name: 'tandem_commits_behind',
      help: 'Commits on disk that searches do not see yet.',
      type: 'gauge',
      aggregator: 'max',
      read: () => index?.().behind,
    },
    {
      name: 'tandem_commits_unsaved',
      help: 'Commits that a start would replay.',
      type: 'gauge',
      aggregator: 'max',
      read: () => index?.().unsaved,
    },
    {
      name: 'tandem_segments',
      help: 'Immutable segments of the token index.',
      type: 'gauge',
      aggregator: 'max',
      read: () => index?.().segments,
    },
    {
      name: 'tandem_segment_bytes',
      help: 'Their size.',
      type: 'gauge',
      aggregator: 'max',
      read: () => index?.().segmentBytes,
    },
    {
      name: 'tandem_vector_recall',
      help: 'Part of the exact 10 nearest that the last sampled queries found in the graph of vectors, and the ends of its 95 % interval.',
      type: 'gauge',
      label: 'of',
      aggregator: 'average',
      read: (): Readonly<Record<string, number>> => {
        const found = index?.().recall;
        return found === undefined ? {} : { mean: found.recall, low: found.low, high: found.high };
      },
    },
    {
      name: 'tandem_vector_recall_queries',
      help: 'Queries that this is said of: one in ten seconds, 500 at most.',
      type: 'gauge',
      read: () => index?.().recall?.queries,
    },
    {
      name: 'tandem_cache_hits_total',
      help: 'Look-ups that a cache answered.',
      type: 'counter',
      label: 'cache',
      read: caches(({ hits }) => hits),
    },
    {
      name: 'tandem_cache_misses_total',
      help: 'Look-ups that a cache could not answer.',
      type: 'counter',
      label: 'cache',
      read: caches(({ misses }) => misses),
    },
    {
      name: 'tandem_cache_bytes',
      help: 'Memory that a cache holds, about.',
      type: 'gauge',
      label: 'cache',
      read: caches(({ bytes }) => bytes),
    },
  ];
  for (const figure of figures) measures.watch(figure);
}
