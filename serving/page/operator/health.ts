import { element } from '../elements.js';
import { parseMetrics, type Sample, type Timing, timings } from './figures.js';
import { lacksKey, type Part, shown, table } from './part.js';

const everyMs = 5_000;

/** What is told of the service, by the name of its figure. */
const told: readonly (readonly [name: string, label: string])[] = [
  ['tandem_ready', 'ready'],
  ['tandem_documents', 'documents'],
  ['tandem_commit', 'last commit that searches see'],
  ['tandem_commits_behind', 'commits that they do not see yet'],
  ['tandem_commits_unsaved', 'commits that a start would replay'],
  ['tandem_segments', 'segments of the token index'],
  ['tandem_segment_bytes', 'bytes of these'],
  ['tandem_requests_in_flight', 'requests in flight'],
  ['tandem_requests_waiting', 'requests that wait'],
  ['tandem_queued_work_seconds', 'seconds of work before a request that comes now'],
  ['tandem_connections', 'connections'],
  ['tandem_slow_searches_total', 'slow searches'],
  ['tandem_workers', 'processes that answer'],
  ['process_resident_memory_bytes', 'bytes of memory'],
];

/** Health and figures, again every few seconds. */
export const openHealth: Part = (place, service, tell) => {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = false;
  const look = async (): Promise<void> => {
    try {
      const samples = parseMetrics(await service.text('metrics'));
      if (ended) return;
      place.replaceChildren(...render(samples));
      if (failed) tell('');
      failed = false;
    } catch (error) {
      tell(error);
      failed = true;
      // the part is opened again with another one
      if (lacksKey(error)) return;
    }
    if (!ended) timer = setTimeout(() => void look(), everyMs);
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
};

function render(samples: readonly Sample[]): HTMLElement[] {
  const of = (name: string): Sample[] => samples.filter(each => each.name === name);
  const milliseconds = ({ of: what, count, mean, median, p95, p99 }: Timing) => [
    what,
    count,
    ...[mean, median, p95, p99].map(seconds => shown(seconds * 1000)),
  ];
  const head = ['of', 'number', 'mean', 'median', '95 %', '99 %'];
  const hits = of('tandem_cache_hits_total').map(({ labels: { cache }, value }) => {
    const misses = of('tandem_cache_misses_total').find(each => each.labels.cache === cache)?.value ?? 0;
    const bytes = of('tandem_cache_bytes').find(each => each.labels.cache === cache)?.value ?? 0;
    return [cache, value, misses, value + misses === 0 ? '' : `${shown((100 * value) / (value + misses))} %`, bytes];
  });
  const recall = of('tandem_vector_recall').map(({ labels, value }) => [Object.values(labels).join(' '), value]);
  const figures = told.flatMap(([name, label]) => of(name).map(({ value }) => [label, value]));
  return [
    element('h2', {}, 'Health'),
    table('The service now', ['figure', 'value'], figures),
    element('h2', {}, 'Time'),
    table(
      'Stages of searches, milliseconds',
      head,
      timings(samples, 'tandem_search_stage_seconds', 'stage').map(milliseconds),
    ),
    table(
      'Requests by route, milliseconds',
      head,
      timings(samples, 'tandem_request_seconds', 'route').map(milliseconds),
    ),
    element('h2', {}, 'Caches and recall'),
    table('Caches', ['cache', 'hits', 'misses', 'hit rate', 'bytes'], hits),
    recall.length > 0
      ? table('Recall of the vector graph, by samples of the queries', ['bound', 'recall@10'], recall)
      : element('p', {}, 'Vectors are searched exactly, or no query was sampled yet: there is no recall to tell.'),
  ];
}
