import type { SlowSearch } from '../../slow-search.js';
import { element } from '../elements.js';
import { type Part, shown, table } from './part.js';

/** Searches that took long, the last ones first. */
export const openSlow: Part = (place, service, tell) => {
  const load = async (): Promise<void> => {
    const { fromMs, searches } = await service.json<{ fromMs?: number; searches: readonly SlowSearch[] }>(
      'slow-searches',
    );
    const rows = searches.map(({ time, ms, mode, took, hits, asked }) => [
      time,
      ms,
      mode,
      Object.entries(took)
        .filter(([stage]) => stage !== 'total')
        .map(([stage, of]) => `${stage} ${shown(of)}`)
        .join(' · '),
      hits,
      JSON.stringify(asked),
    ]);
    place.replaceChildren(
      element('h2', {}, 'Slow searches'),
      fromMs === undefined
        ? element(
            'p',
            {},
            'This service notes none. Start it with --slow-query 200; with --log-text it says what was asked.',
          )
        : table(
            `Searches of ${fromMs} ms and more, of the process that answers this page`,
            ['time', 'ms', 'mode', 'stages, ms', 'hits', 'asked'],
            rows,
          ),
    );
  };
  load().catch(tell);
  return undefined;
};
